using System.Diagnostics;

namespace ModelApi.Benchmarks.Measuring;

/// <summary>Times contestants in turn, so that a slow spell of the machine hits all of them.</summary>
/// <param name="Count">How many rounds.</param>
/// <param name="Duration">How long each contestant runs in one round, at least once.</param>
/// <param name="WarmUp">How long each runs before the first round, so that the just-in-time compiler is done with it.</param>
internal sealed record Rounds(int Count, TimeSpan Duration, TimeSpan WarmUp)
{
    /// <summary>One short round, which tells whether it works, not how fast it is; or else the real ones.</summary>
    public static Rounds For(bool isQuick) => isQuick
        ? new Rounds(1, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100))
        : new Rounds(7, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(1500));

    /// <summary>The figures of each contestant, in the order given.</summary>
    public Figures[] Measure(params Contestant[] contestants)
    {
        var runs = contestants.Select(contestant => Calibrate(contestant)).ToArray();
        var figures = contestants.Select(_ => new Figures(new double[Count], new double[Count], new double[Count])).ToArray();
        for (var round = 0; round < Count; round++)
        {
            for (var i = 0; i < contestants.Length; i++)
            {
                Time(contestants[i], runs[i], figures[i], round);
            }
        }

        return figures;
    }

    // How many runs fill a round, by the speed at the end of the warm-up.
    private int Calibrate(Contestant contestant)
    {
        var start = Stopwatch.GetTimestamp();
        var runs = 1;
        while (true)
        {
            var batch = Stopwatch.GetTimestamp();
            for (var i = 0; i < runs; i++)
            {
                contestant.Run();
            }

            var elapsed = Stopwatch.GetElapsedTime(batch);
            if (Stopwatch.GetElapsedTime(start) >= WarmUp)
            {
                return Math.Max(1, (int)(runs * (Duration / elapsed)));
            }

            runs = elapsed < WarmUp / 20 ? runs * 2 : runs;
        }
    }

    private static void Time(Contestant contestant, int runs, Figures figures, int round)
    {
        var elsewhere = TimeSpan.Zero;
        var isElsewhere = false;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < runs; i++)
        {
            if (contestant.Run() is { } time)
            {
                elsewhere += time;
                isElsewhere = true;
            }
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        figures.Cores[round] = isElsewhere ? double.NaN : (Environment.CpuUsage.TotalTime - processor) / elapsed;
        figures.Bytes[round] = (double)(GC.GetAllocatedBytesForCurrentThread() - bytes) / runs;
        figures.Nanoseconds[round] = (isElsewhere ? elsewhere : elapsed).TotalNanoseconds / runs / contestant.Rows;
    }
}
