using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Deployments;

/// <summary>Uploads over a socket: slow, cut off, in chunks, too large. None leaves anything in the data folder.</summary>
public sealed class UploadWireTests : IDisposable
{
    private const int MostBytes = 1024 * 1024;

    private readonly TemporaryModels _bundles = new();
    private readonly string _data = Directory.CreateTempSubdirectory("modelapi-data-").FullName;
    private readonly byte[] _archive;
    private readonly SocketHost _host;

    public UploadWireTests()
    {
        var bundle = TemporaryBundle.Copy(Path.Combine(Repository.Models, "breast-cancer", "1"), _bundles.Root, "cancer", "1");
        _archive = UploadHost.Zip(bundle.Folder);
        var models = Directory.CreateDirectory(Path.Combine(_bundles.Root, "served")).FullName;
        _host = SocketHost.With(
            ("Models:Root", models), ("Storage:Folder", _data), ("Deployments:MaxUploadMegabytes", "1"),
            ("Deployments:MaxConcurrentUploads", "1"));
    }

    public void Dispose()
    {
        _host.Dispose();
        _bundles.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task An_archive_that_comes_slowly_and_in_pieces_is_taken()
    {
        using var upload = await BeginAsync($"Content-Length: {_archive.Length}");
        foreach (var piece in _archive.Chunk((_archive.Length / 10) + 1))
        {
            await upload.GetStream().WriteAsync(piece);
            await Task.Delay(50);
        }

        Assert.StartsWith("HTTP/1.1 202 ", await AnswerAsync(upload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_in_chunks_is_taken_and_a_digest_in_its_trailer_is_compared()
    {
        var wrong = await SendChunkedAsync(_archive, "Content-Digest: sha-512=:" + Convert.ToBase64String(SHA512.HashData([])) + ":");
        var malformed = await SendChunkedAsync(_archive, "Content-Digest: sha-512");
        await AssertNothingLeftAsync();
        var right = await SendChunkedAsync(_archive, "Content-Digest: sha-512=:" + Convert.ToBase64String(SHA512.HashData(_archive)) + ":");

        Assert.StartsWith("HTTP/1.1 400 ", wrong, StringComparison.Ordinal);
        Assert.Contains("digest-mismatch", wrong, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", malformed, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 202 ", right, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_is_too_large_is_refused_at_once_or_where_the_limit_is()
    {
        using var announced = await BeginAsync($"Content-Length: {MostBytes + 1}");
        Assert.StartsWith("HTTP/1.1 413 ", await AnswerAsync(announced), StringComparison.Ordinal);

        var chunked = await SendChunkedAsync([.. "PK\x03\x04"u8, .. new byte[MostBytes]], trailer: null);
        Assert.StartsWith("HTTP/1.1 413 ", chunked, StringComparison.Ordinal);
        Assert.Contains("\"maxBytes\":1048576", chunked, StringComparison.Ordinal);
        await AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData("Content-Type: text/plain", "415")]
    [InlineData("Content-Digest: sha-256", "400")]
    public async Task A_client_that_asks_first_sends_no_body_that_would_be_refused(string header, string status)
    {
        using var upload = await BeginAsync($"Content-Length: {_archive.Length}", "Expect: 100-continue", header);

        Assert.StartsWith($"HTTP/1.1 {status} ", await AnswerAsync(upload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_in_the_middle_leaves_nothing()
    {
        for (var i = 1; i < 4; i++)
        {
            using (var upload = await BeginAsync($"Content-Length: {_archive.Length}"))
            {
                await upload.GetStream().WriteAsync(_archive.AsMemory(0, _archive.Length * i / 4));
                await WaitAsync(() => Files().Any());

                // A reset, and not the end of the body.
                upload.LingerState = new LingerOption(enable: i % 2 == 0, seconds: 0);
            }

            await AssertNothingLeftAsync();
        }

        // The place of the one that has gone is free.
        using var next = await BeginAsync($"Content-Length: {_archive.Length}");
        await next.GetStream().WriteAsync(_archive);
        Assert.StartsWith("HTTP/1.1 202 ", await AnswerAsync(next), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_sends_nothing_for_long_is_ended_and_leaves_nothing()
    {
        using var upload = await BeginAsync($"Content-Length: {_archive.Length}");
        await upload.GetStream().WriteAsync(_archive.AsMemory(0, 100));

        Assert.StartsWith("HTTP/1.1 408 ", await AnswerAsync(upload), StringComparison.Ordinal);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task More_uploads_than_are_received_at_a_time_are_asked_to_come_again()
    {
        using var first = await BeginAsync($"Content-Length: {_archive.Length}");
        await first.GetStream().WriteAsync(_archive.AsMemory(0, 100));
        await WaitAsync(() => Files().Any());

        using var second = await BeginAsync($"Content-Length: {_archive.Length}");
        var refused = await AnswerAsync(second);

        Assert.StartsWith("HTTP/1.1 503 ", refused, StringComparison.Ordinal);
        Assert.Contains("Retry-After: ", refused, StringComparison.Ordinal);
        await first.GetStream().WriteAsync(_archive.AsMemory(100));
        Assert.StartsWith("HTTP/1.1 202 ", await AnswerAsync(first), StringComparison.Ordinal);
    }

    private async Task<TcpClient> BeginAsync(params string[] headers)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _host.Port());
        string[] head =
        [
            "PUT /models/cancer/versions/1 HTTP/1.1", "Host: localhost", $"Authorization: Bearer {ModelApiHost.Key}", "Connection: close",
            .. headers, "", "",
        ];
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", head)));
        return client;
    }

    private async Task<string> SendChunkedAsync(byte[] content, string? trailer)
    {
        using var client = trailer is null
            ? await BeginAsync("Transfer-Encoding: chunked")
            : await BeginAsync("Transfer-Encoding: chunked", "Trailer: Content-Digest");
        var stream = client.GetStream();
        try
        {
            foreach (var chunk in content.Chunk(50_000))
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(chunk.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
                await stream.WriteAsync(chunk);
                await stream.WriteAsync("\r\n"u8.ToArray());
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes($"0\r\n{(trailer is null ? "" : trailer + "\r\n")}\r\n"));
        }
        catch (IOException)
        {
            // The server answers before it has read all, and closes the connection.
        }

        return await AnswerAsync(client);
    }

    // Not to the end of the connection: the server waits some seconds for the rest of a body that it has refused.
    private static async Task<string> AnswerAsync(TcpClient client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!IsWhole(answer.ToString()) && await client.GetStream().ReadAsync(buffer, patience.Token) is var length and > 0)
        {
            answer.Append(Encoding.Latin1.GetString(buffer, 0, length));
        }

        return answer.ToString();
    }

    private static bool IsWhole(string answer) =>
        answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) is > 0 and var end
        && Regex.Match(answer, "Content-Length: ([0-9]+)").Groups[1].Value is { Length: > 0 } length
        && answer.Length >= end + 4 + int.Parse(length, CultureInfo.InvariantCulture);

    // What comes lies in a folder of the process, with its lock.
    private IEnumerable<string> Files()
    {
        var incoming = Path.Combine(_data, "incoming");
        return Directory.Exists(incoming)
            ? Directory.EnumerateFiles(incoming, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != ".lock")
            : [];
    }

    private async Task AssertNothingLeftAsync()
    {
        await WaitAsync(() => !Files().Any());
        var unpacked = Path.Combine(_data, "unpacked");
        Assert.True(!Directory.Exists(unpacked) || !Directory.EnumerateFileSystemEntries(unpacked).Any());
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (var patience = 0; !condition(); patience++)
        {
            Assert.True(patience < 1000, "It did not come to that.");
            await Task.Delay(20);
        }
    }
}
