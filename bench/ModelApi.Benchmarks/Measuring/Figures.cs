namespace ModelApi.Benchmarks.Measuring;

/// <summary>What one contestant needed, round by round.</summary>
/// <param name="Nanoseconds">Of wall clock per row.</param>
/// <param name="Cores">CPU time of the whole process over wall clock; NaN where another process did the work.</param>
/// <param name="Bytes">Allocated per run, on the thread that ran it.</param>
internal sealed record Figures(double[] Nanoseconds, double[] Cores, double[] Bytes)
{
    public double Median => MedianOf(Nanoseconds);

    /// <summary>How many times as long as <paramref name="other"/> it took, round by round.</summary>
    public double[] Over(Figures other) => [.. Nanoseconds.Zip(other.Nanoseconds, (mine, others) => mine / others)];

    public static double MedianOf(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
