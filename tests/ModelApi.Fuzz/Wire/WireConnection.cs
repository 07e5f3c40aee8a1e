using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelApi.Fuzz.Wire;

/// <summary>One HTTP/1.1 connection that sends any bytes and reads answers by their framing.</summary>
internal sealed class WireConnection(EndPoint server) : IDisposable
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Socket? _socket;
    private int _start;
    private int _end;

    public bool IsOpen => _socket is not null;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
        await SendAllAsync(_socket!, bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request and reads its answer; closes the connection when the server does, or is silent for too long.</summary>
    /// <param name="request">The bytes.</param>
    /// <param name="patience">How long the whole exchange may take.</param>
    public async Task<WireAnswer> ExchangeAsync(ReadOnlyMemory<byte> request, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        var sending = Task.CompletedTask;
        try
        {
            // Beside the reading: a refusal may come while the body is still on its way.
            await ConnectAsync(limit.Token).ConfigureAwait(false);
            sending = SendAllAsync(_socket!, request, limit.Token);
            var answer = await ReadAsync(!request.Span.StartsWith("HEAD "u8), limit.Token).ConfigureAwait(false);
            if (!sending.IsCompletedSuccessfully)
            {
                Close();
            }

            return answer;
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            Close();
            return WireAnswer.None;
        }
        finally
        {
            await WaitAsync(sending).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the next answer.</summary>
    /// <exception cref="IOException">The connection ended first.</exception>
    public async Task<WireAnswer> ReadAsync(bool hasBody, CancellationToken cancellationToken)
    {
        var head = await ReadHeadAsync(cancellationToken).ConfigureAwait(false);
        while (head.StartsWith("HTTP/1.1 1", StringComparison.Ordinal))
        {
            head = await ReadHeadAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!head.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
            || !int.TryParse(head.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new InvalidDataException($"Not an answer in HTTP/1.1: {head}");
        }

        var body = hasBody && status is not (204 or 304) ? await ReadBodyAsync(head, cancellationToken).ConfigureAwait(false) : [];
        if (head.Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase))
        {
            Close();
        }

        return new WireAnswer(status, head, body);
    }

    public void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    /// <summary>Closes with a reset in the place of an orderly end.</summary>
    public void Reset()
    {
        _socket?.Close(0);
        _socket = null;
    }

    public void Dispose() => Close();

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (_socket is null)
        {
            (_start, _end) = (0, 0);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
                _socket = socket;
            }
            finally
            {
                if (_socket is null)
                {
                    socket.Dispose();
                }
            }
        }
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken).ConfigureAwait(false)..];
        }
    }

    private static async Task WaitAsync(Task sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The server answered without reading all of it, or has gone.
        }
    }

    private static bool IsEnd(Exception exception) =>
        exception is SocketException or IOException or OperationCanceledException or ObjectDisposedException;

    private async Task<string> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        while (true)
        {
            var at = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (at >= 0)
            {
                head.Append(Encoding.Latin1.GetString(_buffer, _start, at + 4));
                _start += at + 4;
                return head.ToString();
            }

            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> ReadBodyAsync(string head, CancellationToken cancellationToken)
    {
        if (Header(head, "Content-Length") is { } length)
        {
            return await TakeAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
        }

        if (Header(head, "Transfer-Encoding") is null)
        {
            return [];
        }

        var body = new MemoryStream();
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
            var size = int.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Write(await TakeAsync(size, cancellationToken).ConfigureAwait(false));
            await ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        int at;
        while ((at = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }

        var line = Encoding.ASCII.GetString(_buffer, _start, at);
        _start += at + 2;
        return line;
    }

    private async Task<byte[]> TakeAsync(int length, CancellationToken cancellationToken)
    {
        var taken = new byte[length];
        for (var have = 0; have < length;)
        {
            if (_start == _end)
            {
                await FillAsync(cancellationToken).ConfigureAwait(false);
            }

            var part = Math.Min(length - have, _end - _start);
            _buffer.AsSpan(_start, part).CopyTo(taken.AsSpan(have));
            _start += part;
            have += part;
        }

        return taken;
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_end == _buffer.Length)
        {
            if (_start == 0)
            {
                throw new InvalidDataException("The answer's head has more than 16 KB.");
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var socket = _socket ?? throw new IOException("The connection is closed.");
        var read = await socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read > 0 ? read : throw new IOException("The server closed the connection.");
    }

    private static string? Header(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        at += name.Length + 4;
        return head[at..head.IndexOf("\r\n", at, StringComparison.Ordinal)];
    }
}
