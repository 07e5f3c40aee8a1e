using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Wire;

namespace ModelApi.Benchmarks.Hostile;

/// <summary>
/// Measures a good caller alone, and beside an attacker with a key who sends one body over many connections; bench/hostile.sh calls it.
/// </summary>
internal static class AttackCommand
{
    /// <summary>
    /// Options: those of <see cref="Arms"/>, <c>--connections</c> (of the attacker), <c>--callers</c> (connections of the good caller),
    /// <c>--seconds</c> (of each measurement) and <c>--only</c> (the name of one candidate). Prints one line of <c>name=value</c> for
    /// each candidate.
    /// </summary>
    public static async Task<int> RunAsync(Options options)
    {
        var arms = Arms.Of(options);
        var duration = TimeSpan.FromSeconds(options.Number("seconds", 5));
        var connections = (int)options.Number("connections", 60);
        var callers = (int)options.Number("callers", 2);
        var candidates = arms.Worst.All.Select(worst => (worst.Name, Attack: (Attack)(stop => RepeatAsync(arms, worst.Request, stop))))
            .Append(("slow bodies", stop => TrickleAsync(arms, stop)))
            .Append(("answers that nobody reads", stop => IgnoreAnswersAsync(arms, stop)))
            .Where(candidate => options.Find("only") is not { } only || candidate.Name == only);

        // The first measurement warms up, client and server.
        await CallAsync(arms, callers, duration).ConfigureAwait(false);
        foreach (var (name, attack) in candidates)
        {
            var alone = await CallAsync(arms, callers, duration).ConfigureAwait(false);
            using var stop = new CancellationTokenSource();
            var attackers = Enumerable.Range(0, connections).Select(_ => Task.Run(() => attack(stop.Token))).ToArray();
            await Task.Delay(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            var beside = await CallAsync(arms, callers, duration).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            var statuses = (await Task.WhenAll(attackers).ConfigureAwait(false)).SelectMany(status => status)
                .GroupBy(status => status).OrderBy(group => group.Key).Select(group => $"{group.Key}:{group.Count()}");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"alone={alone.PerSecond:0} beside={beside.PerSecond:0} share={beside.PerSecond / alone.PerSecond:0.000} "
                    + $"p99={beside.P99:0.0} faults={alone.Faults + beside.Faults} overload={beside.Overload} "
                    + $"attacker={string.Join(',', statuses)} name={name}"));
        }

        return 0;
    }

    private delegate Task<IReadOnlyList<int>> Attack(CancellationToken stop);

    private static async Task<(double PerSecond, double P99, long Faults, long Overload)> CallAsync(
        Arms arms, int callers, TimeSpan duration)
    {
        var tally = new Tally();
        var latencies = new List<double>();
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            using var sender = new Sender(arms, tally) { Latencies = latencies };
            for (var i = 0; Stopwatch.GetElapsedTime(start) < duration; i++)
            {
                await sender.SendGoodAsync(Randomness.Of(caller, i), $"good request {i}").ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        latencies.Sort();
        if (tally.Faults > 0)
        {
            tally.Print(Console.Error);
        }

        return (tally.Sum("2xx") / seconds, latencies[(int)((latencies.Count - 1) * 0.99)], tally.Faults, tally.Sum("overload"));
    }

    private static async Task<IReadOnlyList<int>> RepeatAsync(Arms arms, WireRequest request, CancellationToken stop)
    {
        var statuses = new List<int>();
        using var connection = new WireConnection(arms.Server);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var answer = await connection.ExchangeAsync(request.Bytes, TimeSpan.FromSeconds(60)).WaitAsync(stop).ConfigureAwait(false);
                statuses.Add(answer.Status);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The attack is over; nobody waits for what is on its way.
            }
        }

        return statuses;
    }

    // Nearly all of a large body, and then a byte now and then.
    private static async Task<IReadOnlyList<int>> TrickleAsync(Arms arms, CancellationToken stop)
    {
        var statuses = new ConcurrentBag<int>();
        var request = arms.Worst.All.First(worst => worst.Name == "half-surrogate names, not encoded").Request.Bytes;
        while (!stop.IsCancellationRequested)
        {
            using var connection = new WireConnection(arms.Server);
            try
            {
                await connection.SendAsync(request.AsMemory(0, request.Length - 100), stop).ConfigureAwait(false);
                for (var i = 100; i > 1; i--)
                {
                    await connection.SendAsync(request.AsMemory(request.Length - i, 1), stop).ConfigureAwait(false);
                    await Task.Delay(TimeSpan.FromSeconds(0.3), stop).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // Refused: the attacker comes again.
                statuses.Add(0);
                await Task.Delay(10, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return [.. statuses];
    }

    private static async Task<IReadOnlyList<int>> IgnoreAnswersAsync(Arms arms, CancellationToken stop)
    {
        var request = arms.Worst.All.First(worst => worst.Name == "valid rows of the largest model").Request.Bytes;
        using var connection = new WireConnection(arms.Server);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await connection.SendAsync(request, stop).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            connection.Close();
        }

        return [];
    }
}
