using System.Globalization;
using System.Net.Sockets;
using System.Text;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Wire;

namespace ModelApi.Benchmarks.Hostile;

/// <summary>Clients that vanish after each byte of a request, and clients that only hold connections; bench/faults.sh calls it.</summary>
internal static class VanishCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Options: those of <see cref="Arms"/>, and <c>--hold</c> and <c>--seconds</c> to hold so many connections for so long instead. Prints
    /// one line of <c>name=value</c>.
    /// </summary>
    public static async Task<int> RunAsync(Options options)
    {
        var arms = Arms.Of(options);
        if (options.Has("hold"))
        {
            var held = TimeSpan.FromSeconds(options.Number("seconds", 5));
            await HoldAsync(arms, (int)options.Number("hold", 1000), held).ConfigureAwait(false);
            return 0;
        }

        // Plain, chunked and encoded: three ways of reading a body.
        var row = arms.Requests.Good(Randomness.Of(1, 1)).Golden!.Input;
        var body = Encoding.UTF8.GetBytes(row);
        byte[] chunked =
        [
            .. Encoding.ASCII.GetBytes(body.Length.ToString("x", CultureInfo.InvariantCulture)), .. "\r\n"u8, .. body, .. "\r\n0\r\n\r\n"u8,
        ];
        byte[][] requests =
        [
            arms.Requests.Predict("/predict", body, []).Bytes,
            arms.Requests.Predict("/predict", Encodings.Pack("gzip", body), ["Content-Encoding: gzip"]).Bytes,
            arms.Requests.Predict("/predict", chunked, [], framing: "Transfer-Encoding: chunked").Bytes,
        ];
        var vanished = 0;
        foreach (var request in requests)
        {
            for (var length = 0; length <= request.Length; length++)
            {
                await VanishAsync(arms, request.AsMemory(0, length), resets: length % 2 == 0).ConfigureAwait(false);
                vanished++;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"vanished={vanished}"));
        return 0;
    }

    private static async Task VanishAsync(Arms arms, ReadOnlyMemory<byte> part, bool resets)
    {
        using var connection = new WireConnection(arms.Server);
        using var limit = new CancellationTokenSource(Patience);
        await connection.SendAsync(part, limit.Token).ConfigureAwait(false);

        // So that some of what was sent is being read when the client goes.
        await Task.Delay(part.Length % 3, limit.Token).ConfigureAwait(false);
        if (resets)
        {
            connection.Reset();
        }
    }

    private static async Task HoldAsync(Arms arms, int count, TimeSpan duration)
    {
        var sockets = new List<Socket>();
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);
            try
            {
                using var limit = new CancellationTokenSource(Patience);
                await socket.ConnectAsync(arms.Server, limit.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                refused++;
            }
        }

        await Task.Delay(duration).ConfigureAwait(false);
        sockets.ForEach(socket => socket.Dispose());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"held={count - refused} refused={refused}"));
    }
}
