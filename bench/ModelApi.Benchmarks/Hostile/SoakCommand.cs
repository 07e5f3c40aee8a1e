using System.Diagnostics;
using System.Globalization;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Fuzz.Generation;

namespace ModelApi.Benchmarks.Hostile;

/// <summary>Sends mixed traffic at a steady rate and reads what the server holds, minute by minute; bench/soak.sh calls it.</summary>
internal static class SoakCommand
{
    private const int Senders = 16;

    // The shares of the traffic that is not a golden row.
    private const double Slow = 0.03;
    private const double Aborted = 0.03;
    private const double Pipelined = 0.02;

    private static readonly TimeSpan ReadingEvery = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Options: those of <see cref="Arms"/>, <c>--process</c> (the server's id), <c>--minutes</c>, <c>--good</c> and <c>--hostile</c>
    /// (requests per second), <c>--large-seconds</c> (between two bodies of the largest size), <c>--table</c> (a CSV file that is
    /// written), <c>--seed</c>. Prints the kinds with their counts, and one line of <c>name=value</c>.
    /// </summary>
    public static async Task<int> RunAsync(Options options)
    {
        var arms = Arms.Of(options);
        var process = (int)options.Number("process", 0);
        var seed = (int)options.Number("seed", 20261124);
        var minutes = options.Number("minutes", 60);
        var (good, hostile) = (new Tally(), new Tally());
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(minutes));
        var latencies = new List<double>();
        var senders = Enumerable.Range(0, Senders).SelectMany(sender => new[]
        {
            Task.Run(() => PaceAsync(options.Number("good", 200) / Senders, sender, (index, random, client) =>
                client.SendGoodAsync(random, $"good request {index}"), good, latencies)),
            Task.Run(() => PaceAsync(options.Number("hostile", 60) / Senders, sender, (index, random, client) =>
                StepAsync(arms, client, random, $"hostile request {index}"), hostile, null)),
        }).Append(Task.Run(() =>
            PaceAsync(1 / options.Number("large-seconds", 10), 0, (index, _, client) => SendLargeAsync(index, client), hostile, null)));

        var table = Task.Run(() => WriteTableAsync(options.Text("table"), process, minutes, good, hostile, latencies, end.Token));
        await Task.WhenAll(senders.ToList()).ConfigureAwait(false);
        await table.ConfigureAwait(false);
        hostile.Print(Console.Out);
        good.Print(Console.Out);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"good={good.Count} hostile={hostile.Count} faults={good.Faults + hostile.Faults} "
                + $"errors={good.Sum("5xx") + hostile.Sum("5xx")} overload={good.Sum("overload") + hostile.Sum("overload")} "
                + $"answered={good.Sum("2xx") + hostile.Sum("2xx")} "
                + $"unanswered={good.Sum("unanswered") + hostile.Sum("unanswered")}"));
        return 0;

        Task SendLargeAsync(int index, Sender client)
        {
            var (name, request) = arms.Worst.All[index % arms.Worst.All.Count];
            return client.SendAsync(request with { Kind = $"large, {name}" }, $"large request {index}");
        }

        // Late requests are not made up for: the rate is that of a caller with so many connections.
        async Task PaceAsync(double rate, int number, Func<int, Random, Sender, Task> send, Tally tally, List<double>? times)
        {
            using var sender = new Sender(arms, tally) { Latencies = times };
            try
            {
                for (var i = 0; !end.IsCancellationRequested; i++)
                {
                    var start = Stopwatch.GetTimestamp();
                    await send(i, Randomness.Of(seed + number, i), sender).ConfigureAwait(false);
                    var pause = TimeSpan.FromSeconds(1 / rate) - Stopwatch.GetElapsedTime(start);
                    if (pause > TimeSpan.Zero)
                    {
                        await Task.Delay(pause, end.Token).ConfigureAwait(false);
                    }
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // The time is over.
            }
        }
    }

    private static Task StepAsync(Arms arms, Sender sender, Random random, string place) => random.NextDouble() switch
    {
        < Slow => sender.SendSlowlyAsync(random, place),
        < Slow + Aborted => sender.SendAndVanishAsync(random),
        < Slow + Aborted + Pipelined => sender.SendPipelinedAsync(random, place),
        _ => sender.SendAsync(arms.Attacker.Next(random), place),
    };

    private static async Task WriteTableAsync(
        string file, int process, double minutes, Tally good, Tally hostile, List<double> latencies, CancellationToken end)
    {
        await using var table = new StreamWriter(file) { AutoFlush = true };
        const string Header =
            "minute,resident_mb,handles,threads,cpu_percent,good_per_s,p50_ms,p99_ms,hostile_per_s,faults,errors,overload";
        await table.WriteLineAsync(Header).ConfigureAwait(false);
        for (var minute = 1; minute <= minutes; minute++)
        {
            var start = Stopwatch.GetTimestamp();
            var first = ProcessReading.Of(process);
            var (goodBefore, hostileBefore) = (good.Count, hostile.Count);
            var readings = new List<ProcessReading>();
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1) - ReadingEvery && !end.IsCancellationRequested)
            {
                await Task.Delay(ReadingEvery, CancellationToken.None).ConfigureAwait(false);
                readings.Add(ProcessReading.Of(process));
            }

            double[] times;
            lock (latencies)
            {
                times = [.. latencies.Order()];
                latencies.Clear();
            }

            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            await table.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{minute},{Median(readings, reading => reading.ResidentMegabytes):0.0},{Median(readings, reading => reading.Handles)},"
                    + $"{Median(readings, reading => reading.Threads)},{100 * (readings[^1].CpuSeconds - first.CpuSeconds) / seconds:0.0},"
                    + $"{(good.Count - goodBefore) / seconds:0.0},{At(times, 0.5):0.00},{At(times, 0.99):0.00},"
                    + $"{(hostile.Count - hostileBefore) / seconds:0.0},{good.Faults + hostile.Faults},"
                    + $"{good.Sum("5xx") + hostile.Sum("5xx")},{good.Sum("overload") + hostile.Sum("overload")}")).ConfigureAwait(false);
            if (end.IsCancellationRequested)
            {
                break;
            }
        }
    }

    private static double Median(List<ProcessReading> readings, Func<ProcessReading, double> value) =>
        At([.. readings.Select(value).Order()], 0.5);

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)];
}
