using System.Diagnostics;
using System.Globalization;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Fuzz.Generation;

namespace ModelApi.Benchmarks.Hostile;

/// <summary>Sends hostile requests of every kind, with golden rows among them; bench/hostile.sh calls it.</summary>
internal static class StormCommand
{
    /// <summary>
    /// Options: those of <see cref="Arms"/>, <c>--requests</c>, <c>--connections</c>, <c>--seed</c>, and <c>--good</c> to send golden rows
    /// only. Prints the kinds with their counts, and one line of <c>name=value</c>.
    /// </summary>
    public static async Task<int> RunAsync(Options options)
    {
        var arms = Arms.Of(options);
        var tally = new Tally();
        var requests = (int)options.Number("requests", 10_000);
        var seed = (int)options.Number("seed", 20261124);
        var isGood = options.Has("good");
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        var connections = Enumerable.Range(0, (int)options.Number("connections", 64));
        await Task.WhenAll(connections.Select(_ => Task.Run(SendAsync))).ConfigureAwait(false);

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (!isGood)
        {
            tally.Print(Console.Out);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"requests={tally.Count} faults={tally.Faults} errors={tally.Sum("5xx")} overload={tally.Sum("overload")} "
                + $"seconds={seconds:0} seed={seed}"));
        return 0;

        async Task SendAsync()
        {
            using var sender = new Sender(arms, tally);
            int index;
            while ((index = Interlocked.Increment(ref next)) < requests)
            {
                var random = Randomness.Of(seed, index);
                await (isGood ? sender.SendGoodAsync(random, $"request {index}") : StepAsync(arms, sender, random, $"request {index}"))
                    .ConfigureAwait(false);
            }
        }
    }

    private static Task StepAsync(Arms arms, Sender sender, Random random, string place)
    {
        switch (random.Next(20_000))
        {
            case 0:
                var (name, request) = random.Pick(arms.Worst.All);
                return sender.SendAsync(request with { Kind = $"large, {name}" }, place);
            case < 1000:
                return sender.SendGoodAsync(random, place);
            case < 1100:
                return sender.SendPipelinedAsync(random, place);
            case < 1200:
                return sender.SendSlowlyAsync(random, place);
            case < 1300:
                return sender.SendAndVanishAsync(random);
            default:
                return sender.SendAsync(arms.Attacker.Next(random), place);
        }
    }
}
