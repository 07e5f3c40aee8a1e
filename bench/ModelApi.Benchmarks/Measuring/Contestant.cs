namespace ModelApi.Benchmarks.Measuring;

/// <summary>Something that is timed against others.</summary>
/// <param name="Name">What it is called in the report.</param>
/// <param name="Rows">Rows that one run scores.</param>
/// <param name="Run">One run; returns how long it took, where it is timed elsewhere, or null.</param>
internal sealed record Contestant(string Name, int Rows, Func<TimeSpan?> Run)
{
    public Contestant(string name, int rows, Action run)
        : this(name, rows, () =>
        {
            run();
            return null;
        })
    {
    }
}
