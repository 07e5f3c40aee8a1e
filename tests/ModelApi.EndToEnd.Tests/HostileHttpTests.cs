using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

/// <summary>Requests that no HTTP client would send, to the real server.</summary>
public sealed partial class HostileHttpTests : IAsyncLifetime
{
    private ServerProcess _server = null!;

    public async Task InitializeAsync() =>
        _server = await ServerProcess.StartAsync(("Limits__MaxRequestBodyBytes", "100000"), ("Limits__RequestTimeoutSeconds", "1"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", "400")]
    [InlineData("GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "404")]
    [InlineData("GET /%ff%fe HTTP/1.1\r\nHost: a\r\n\r\n", "404")]
    [InlineData("GET / HTTP/9.9\r\nHost: a\r\n\r\n", "505")]
    [InlineData("NONSENSE\r\n\r\n", "400")]
    [InlineData("BREW /predict HTTP/1.1\r\nHost: a\r\n\r\n", "405")]
    [InlineData(
        "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n"
        + "Content-Length: -1\r\n\r\n",
        "400")]
    [InlineData(
        "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n"
        + "Content-Length: 200000\r\n\r\n{}",
        "413")]
    [InlineData(
        "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "400")]
    [InlineData(
        "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n{\"a",
        "400")]
    [InlineData(
        "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n"
        + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n80000000\r\n{\"a",
        "400")]
    [InlineData(
        "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\nRequest-Timeout: 0.1\r\n\r\n5\r\n{\"a",
        "504")]
    [InlineData(
        "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n"
        + "Content-Encoding: gzip\r\nContent-Length: 99\r\nRequest-Timeout: 0.1\r\n\r\n\u001f",
        "504")]
    [InlineData(
        "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n{\"a",
        "401")]
    [InlineData("GET /models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", "200")]
    [InlineData(
        "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "400")]
    [InlineData("POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n\r\n", "400")]
    public async Task A_malformed_request_gets_the_status_of_its_fault(string request, string status)
    {
        var answer = await _server.SendRawAsync(Encoding.Latin1.GetBytes(request));

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        await AssertServesAsync();
    }

    [Fact]
    public async Task Headers_without_end_are_refused()
    {
        var answer = await _server.SendRawAsync(
            Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 1_000_000)}\r\n\r\n"));

        Assert.Matches("^(HTTP/1.1 431 .*)?$", answer.Split('\r')[0]);
        await AssertServesAsync();
    }

    [Fact]
    public async Task Noise_is_refused()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 20; i++)
        {
            var noise = new byte[random.Next(1, 3000)];
            random.NextBytes(noise);

            var answer = await _server.SendRawAsync(noise);

            Assert.False(ServerError().IsMatch(answer), $"Seed {seed}, request {i}: {answer}");
        }

        await AssertServesAsync();
    }

    [Fact]
    public async Task A_body_that_arrives_too_slowly_is_504()
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _server.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync((
            "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n"u8
            + "Content-Length: 100\r\n\r\n{\"age\":"u8).ToArray());

        var buffer = new byte[4096];
        var length = await stream.ReadAsync(buffer);

        var answer = Encoding.UTF8.GetString(buffer, 0, length);
        Assert.StartsWith("HTTP/1.1 504 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        await AssertServesAsync();
    }

    [Fact]
    public async Task A_client_that_resets_its_connection_within_a_body_leaves_no_error_in_the_log()
    {
        var body = "{\"age\":41,\"job\":\"management\",\"marital\":\"married\"}"u8.ToArray();
        foreach (var framing in new[] { $"Content-Length: {body.Length}", "Transfer-Encoding: chunked" })
        {
            byte[] start = framing[0] == 'C' ? body[..^1] : [.. "ff\r\n"u8, .. body];
            var head = "POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc123\r\nContent-Type: application/json\r\n";
            for (var i = 0; i < 50; i++)
            {
                using var socket = new System.Net.Sockets.Socket(
                    System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, _server.Address.Port);
                await socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes($"{head}{framing}\r\n\r\n"), .. start]);
                await Task.Delay(i % 5);
                socket.Close(0);
            }
        }

        await Task.Delay(300);
        Assert.DoesNotContain(" fail: ", _server.Output, StringComparison.Ordinal);
        await AssertServesAsync();
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed()
    {
        await using var server = await ServerProcess.StartAsync(("Limits__MaxConcurrentConnections", "5"));
        var open = new List<System.Net.Sockets.TcpClient>();
        try
        {
            // A connection of the fixture may take one of the places for a while, and then leave it.
            var answer = "none";
            for (var waiting = Stopwatch.StartNew(); answer.Length > 0 && waiting.Elapsed < TimeSpan.FromSeconds(60);)
            {
                for (var i = 0; i < 5; i++)
                {
                    open.Add(new System.Net.Sockets.TcpClient());
                    await open[^1].ConnectAsync(IPAddress.Loopback, server.Address.Port);
                }

                await Task.Delay(200);
                answer = await server.SendRawAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            }

            Assert.Equal("", answer);
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }

        await Task.Delay(200);
        Assert.StartsWith(
            "HTTP/1.1 200 ", await server.SendRawAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray()), StringComparison.Ordinal);
    }

    private async Task AssertServesAsync()
    {
        using var client = _server.Client();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/models", UriKind.Relative))).StatusCode);
        Assert.DoesNotContain("Unhandled", _server.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(" (fail|crit|warn): |   at ", _server.Output);
    }

    [GeneratedRegex("^HTTP/1.1 5")]
    private static partial Regex ServerError();
}
