using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelApi.EndToEnd.Tests.Fixtures;

/// <summary>One HTTP/1.1 connection that stays open between requests unless the server closes it.</summary>
internal sealed class KeepAliveConnection : IDisposable
{
    private readonly TcpClient _socket = new() { NoDelay = true };

    public static async Task<KeepAliveConnection> OpenAsync(int port)
    {
        var connection = new KeepAliveConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, port);
        return connection;
    }

    public async Task<string> GetAsync(string path)
    {
        await SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer abc123\r\n\r\n");
        return await ReadAnswerAsync();
    }

    public async Task SendAsync(string text) => await _socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Reads one answer, whose length is known or which is chunked.</summary>
    public async Task<string> ReadAnswerAsync()
    {
        var answer = new StringBuilder();
        var buffer = new byte[8192];
        while (!IsWhole(answer.ToString()))
        {
            var length = await _socket.GetStream().ReadAsync(buffer);
            if (length == 0)
            {
                throw new InvalidOperationException($"The connection ended within an answer: {answer}");
            }

            answer.Append(Encoding.Latin1.GetString(buffer, 0, length));
        }

        return answer.ToString();
    }

    /// <returns>How many bytes came before the server closed the connection.</returns>
    public async Task<int> ReadToEndAsync()
    {
        var total = 0;
        var buffer = new byte[1024];
        for (int length; (length = await _socket.GetStream().ReadAsync(buffer)) > 0;)
        {
            total += length;
        }

        return total;
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var length = answer[..end].Split("\r\n")
            .FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return length is null
            ? answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)
            : answer.Length == end + 4 + int.Parse(length.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
