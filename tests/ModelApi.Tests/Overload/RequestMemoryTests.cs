using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Overload;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Overload;

/// <summary>All requests together take no more memory than the budget, and give all of it back.</summary>
public sealed class RequestMemoryTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;

    private readonly BudgetHost _api = new();

    private RequestMemory Memory => _api.Services.GetRequiredService<RequestMemory>();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_body_reserves_as_much_as_has_come_and_gives_it_back()
    {
        var port = _api.Port();
        using var sender = await SendAsync(port, announced: 3 * Megabyte, sent: 300_000);

        await WaitForAsync(() => Memory.Used >= 300_000);
        Assert.InRange(Memory.Used, 300_000, 600_000);

        sender.Close();
        await WaitForAsync(() => Memory.Used == 0);
    }

    [Fact]
    public async Task A_body_beyond_the_budget_is_503_until_others_are_answered()
    {
        var port = _api.Port();
        using var holder = await SendAsync(port, announced: 6 * Megabyte, sent: (6 * Megabyte) - 100);
        await WaitForAsync(() => Memory.Used > 5 * Megabyte);

        var refused = await PostAsync(port, Blank(2 * Megabyte));
        var small = await PostAsync(port, Requests.Row().ToJsonString());
        holder.Close();
        await WaitForAsync(() => Memory.Used == 0);
        var later = await PostAsync(port, Blank(2 * Megabyte));

        Assert.StartsWith("HTTP/1.1 503 ", refused, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1", refused, StringComparison.Ordinal);
        Assert.Contains("urn:problem-type:modelapi:overloaded", refused, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", small, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", later, StringComparison.Ordinal);
        await WaitForAsync(() => Memory.Used == 0);
    }

    [Fact]
    public async Task A_body_that_the_budget_could_never_hold_is_413()
    {
        var answer = await PostAsync(_api.Port(), Blank(9 * Megabyte));

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("8388608 bytes that all requests may use", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_and_answers_count_too()
    {
        var row = Requests.Row().ToJsonString();

        var answer = await PostAsync(_api.Port(), $"[{string.Join(',', Enumerable.Repeat(row, 10_000))}]");

        // 1.3 MB of JSON, and three times the columns and answers of ten thousand rows.
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Equal(0, Memory.Used);
    }

    [Fact]
    public async Task A_client_that_pauses_while_it_holds_much_is_408()
    {
        var port = _api.Port();
        using var sender = await SendAsync(port, announced: 2 * Megabyte, sent: Megabyte);

        var answer = await ReadAsync(sender);

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        await WaitForAsync(() => Memory.Used == 0);
    }

    [Theory]
    [InlineData("x", "", 400)]
    [InlineData("{}", "", 422)]
    [InlineData("{}", "Content-Encoding: gzip", 400)]
    [InlineData("{}", "Content-Encoding: br", 400)]
    public async Task A_refused_request_gives_its_memory_back(string end, string header, int status)
    {
        string[] added = header.Length > 0 ? [header] : [];
        string[] headers = ["Authorization: Bearer abc123", "Content-Type: application/json", .. added];

        var answer = await RawHttp.PostAsync(_api.Port(), "/predict", new string(' ', Megabyte) + end, headers);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        await WaitForAsync(() => Memory.Used == 0);
    }

    [Fact]
    public void The_budget_is_a_quarter_of_the_memory_by_default()
    {
        using var api = new ModelApiHost();

        var limit = api.Services.GetRequiredService<RequestMemory>().Limit;

        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, limit);
    }

    private static string Blank(int length) => new string(' ', length - 200) + Requests.Row().ToJsonString();

    private static Task<string> PostAsync(int port, string body) =>
        RawHttp.PostAsync(port, "/predict", body, ["Authorization: Bearer abc123", "Content-Type: application/json"]);

    private static async Task<TcpClient> SendAsync(int port, int announced, int sent)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var head = $"POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {announced}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + new string(' ', sent)));
        return client;
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        var buffer = new byte[4096];
        var length = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        for (var patience = 0; patience < 1000 && !condition(); patience++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }

    private sealed class BudgetHost : SocketHost
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.UseSetting("Limits:MaxRequestMemoryMegabytes", "8");
        }
    }
}
