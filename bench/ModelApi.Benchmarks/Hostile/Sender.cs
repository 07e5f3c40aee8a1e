using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Wire;

namespace ModelApi.Benchmarks.Hostile;

/// <summary>One connection's worth of clients: sends a request in the way that it is meant, and judges what comes back.</summary>
internal sealed class Sender(Arms arms, Tally tally) : IDisposable
{
    // Longer than any deadline of the server.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(0.3);

    private readonly WireConnection _open = new(arms.Server);

    /// <summary>Milliseconds of the good requests, or null to keep none.</summary>
    public List<double>? Latencies { get; init; }

    public void Dispose() => _open.Dispose();

    /// <summary>Sends a request whose answer is known.</summary>
    public async Task SendGoodAsync(Random random, string place)
    {
        var request = arms.Requests.Good(random);
        var start = Stopwatch.GetTimestamp();
        var answer = await _open.ExchangeAsync(request.Bytes, Patience).ConfigureAwait(false);
        if (Latencies is { } latencies)
        {
            lock (latencies)
            {
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        JudgeGolden(request, answer, place);
    }

    /// <summary>Sends a hostile request; one that may be unanswered has a connection of its own.</summary>
    public async Task SendAsync(WireRequest request, string place)
    {
        if (!request.MayBeUnanswered)
        {
            Judge(request, await _open.ExchangeAsync(request.Bytes, Patience).ConfigureAwait(false), place);
            return;
        }

        using var own = new WireConnection(arms.Server);
        Judge(request, await own.ExchangeAsync(request.Bytes, ShortPatience).ConfigureAwait(false), place);
    }

    /// <summary>Sends several requests at once; their answers must come in order.</summary>
    public async Task SendPipelinedAsync(Random random, string place)
    {
        var requests = Enumerable.Range(0, random.Next(2, 12))
            .Select(_ => random.Chance(0.5) ? arms.Requests.Good(random) : arms.Attacker.Body(random) with { Kind = "pipelined body" })
            .ToList();
        using var own = new WireConnection(arms.Server);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await own.SendAsync(requests.SelectMany(request => request.Bytes).ToArray(), limit.Token).ConfigureAwait(false);
            foreach (var request in requests)
            {
                Judge(request, await own.ReadAsync(hasBody: true, limit.Token).ConfigureAwait(false), place);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            tally.Add("pipelined body", WireAnswer.None, asksForDeadline: false);
            tally.Fault("pipelined body", $"{place}: not all were answered: {exception.Message}");
        }
    }

    /// <summary>Sends a request in pieces with pauses, and vanishes before its end or does not.</summary>
    public async Task SendSlowlyAsync(Random random, string place)
    {
        var request = arms.Requests.Good(random);
        var vanishes = random.Chance(0.5);
        using var own = new WireConnection(arms.Server);
        using var limit = new CancellationTokenSource(Patience);
        var answer = WireAnswer.None;
        try
        {
            var pieces = random.Next(2, 8);
            var size = (request.Bytes.Length / pieces) + 1;
            for (var piece = 0; piece * size < request.Bytes.Length && !(vanishes && piece == pieces - 1); piece++)
            {
                var rest = request.Bytes.AsMemory(piece * size);
                await own.SendAsync(rest[..Math.Min(size, rest.Length)], limit.Token).ConfigureAwait(false);
                await Task.Delay(random.Next(100), limit.Token).ConfigureAwait(false);
            }

            answer = vanishes ? answer : await own.ReadAsync(hasBody: true, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            own.Close();
        }

        if (vanishes)
        {
            own.Reset();
            tally.Add("vanished", WireAnswer.None, asksForDeadline: false);
            return;
        }

        JudgeGolden(request with { Kind = "slow" }, answer, place);
    }

    /// <summary>Sends a whole request and does not wait for the answer.</summary>
    public async Task SendAndVanishAsync(Random random)
    {
        using var own = new WireConnection(arms.Server);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await own.SendAsync(arms.Requests.Good(random).Bytes, limit.Token).ConfigureAwait(false);
            own.Reset();
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            own.Close();
        }

        tally.Add("aborted", WireAnswer.None, asksForDeadline: false);
    }

    private void Judge(WireRequest request, WireAnswer answer, string place)
    {
        if (request.Golden is not null)
        {
            JudgeGolden(request, answer, place);
            return;
        }

        tally.Add(request.Kind, answer, request.AsksForDeadline);
        var isFault = answer.Status switch
        {
            0 => !request.MayBeUnanswered,
            503 => !answer.IsOverload,
            504 => !request.AsksForDeadline,
            505 => false,
            >= 500 => true,
            _ => false,
        };
        if (isFault)
        {
            tally.Fault(request.Kind, $"{place}: {answer.Status} {Excerpt(answer)}");
        }
    }

    private void JudgeGolden(WireRequest request, WireAnswer answer, string place)
    {
        tally.Add(request.Kind, answer, asksForDeadline: false);
        if (!answer.IsOverload && !GoldenAnswer.IsRight(request.Golden!, answer))
        {
            tally.Fault("golden row", $"{place}: {answer.Status} {Excerpt(answer)}; expected {request.Golden!.Label}");
        }
    }

    private static string Excerpt(WireAnswer answer) =>
        answer.Status == 0 ? "no answer" : Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 300)));
}
