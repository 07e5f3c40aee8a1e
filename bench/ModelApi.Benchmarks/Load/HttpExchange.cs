using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace ModelApi.Benchmarks.Load;

/// <summary>One connection that sends ready bytes and reads no more of the answers than their status and length.</summary>
/// <remarks>HttpClient would cost the machine that is being measured several times as much.</remarks>
internal sealed class HttpExchange(EndPoint server) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;

    /// <summary>Sends a request and reads its answer to the end, over a new connection where the server closed the last one.</summary>
    /// <returns>The status, or 0 when the server closed the connection before it answered.</returns>
    public async Task<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        try
        {
            if (_socket is null)
            {
                _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await _socket.ConnectAsync(server).ConfigureAwait(false);
            }

            // Beside the reading: a refusal may come while the body is still on its way.
            var sending = _socket.SendAsync(request).AsTask();
            var status = await ReadAsync(_socket).ConfigureAwait(false);
            await sending.ConfigureAwait(false);
            return status;
        }
        catch (SocketException)
        {
            Close();
            return 0;
        }
    }

    public void Dispose() => Close();

    private async ValueTask<int> ReadAsync(Socket socket)
    {
        var length = 0;
        int end;
        while ((end = _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            length += await ReceiveAsync(socket, _buffer.AsMemory(length)).ConfigureAwait(false);
        }

        var (status, bodyLength, isLast) = ParseHead(_buffer.AsSpan(0, end + 4));
        if (bodyLength is null)
        {
            while (!_buffer.AsSpan(0, length).EndsWith("\r\n0\r\n\r\n"u8))
            {
                length += await ReceiveAsync(socket, _buffer.AsMemory(length)).ConfigureAwait(false);
            }
        }

        for (var left = bodyLength - (length - end - 4); left > 0;)
        {
            left -= await ReceiveAsync(socket, _buffer.AsMemory(0, (int)Math.Min(left.Value, _buffer.Length))).ConfigureAwait(false);
        }

        if (isLast)
        {
            Close();
        }

        return status;
    }

    private static async ValueTask<int> ReceiveAsync(Socket socket, Memory<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            throw new InvalidDataException("The server's answer has a head of more than 64 KB, or is that large and in chunks.");
        }

        var read = await socket.ReceiveAsync(buffer).ConfigureAwait(false);
        return read > 0 ? read : throw new SocketException((int)SocketError.ConnectionReset);
    }

    // Without a length the body comes in chunks, the last of which is empty.
    private static (int Status, long? Length, bool IsLast) ParseHead(ReadOnlySpan<byte> head)
    {
        if (!Utf8Parser.TryParse(head["HTTP/1.1 ".Length..], out int status, out _))
        {
            throw new InvalidDataException("The server's answer is not HTTP/1.1.");
        }

        var isLast = !Find(head, "\r\nConnection: close"u8).IsEmpty;
        return Utf8Parser.TryParse(Find(head, "\r\nContent-Length: "u8), out long length, out _) ? (status, length, isLast)
            : !Find(head, "\r\nTransfer-Encoding: chunked"u8).IsEmpty ? (status, null, isLast)
            : throw new InvalidDataException("The server's answer has no length.");
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> head, ReadOnlySpan<byte> header) =>
        head.IndexOf(header) is >= 0 and var at ? head[(at + header.Length)..] : [];

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
