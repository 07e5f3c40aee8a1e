using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelApi.Tests.Fixtures;

/// <summary>Requests and answers as the bytes on the wire.</summary>
internal static class RawHttp
{
    /// <summary>Sends a POST in one piece, or its head and its body in two.</summary>
    /// <returns>The whole answer but its Date, which the clock decides.</returns>
    public static async Task<string> PostAsync(int port, string path, string body, string[] headers, bool inPieces = false)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        string[] all =
        [
            $"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", $"Content-Length: {bytes.Length}", .. headers, "", "",
        ];
        var head = Encoding.UTF8.GetBytes(string.Join("\r\n", all));
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = socket.GetStream();
        if (inPieces)
        {
            await stream.WriteAsync(head);
            await Task.Delay(50);
            await stream.WriteAsync(bytes);
        }
        else
        {
            await stream.WriteAsync(head.Concat(bytes).ToArray());
        }

        var answer = await new StreamReader(stream, Encoding.Latin1).ReadToEndAsync();
        return string.Join("\r\n", answer.Split("\r\n").Where(line => !line.StartsWith("Date: ", StringComparison.Ordinal)));
    }
}
