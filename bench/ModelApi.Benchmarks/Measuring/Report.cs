using System.Globalization;

namespace ModelApi.Benchmarks.Measuring;

/// <summary>Prints figures, and each beside its bar where it has one.</summary>
internal sealed class Report
{
    private readonly List<string> _missed = [];

    /// <summary>A line without a bar.</summary>
    public static void Line(string name, FormattableString text) =>
        Console.WriteLine($"{name,-24}{FormattableString.Invariant(text)}");

    /// <summary>A line whose median must reach the bar.</summary>
    public void AtLeast(string name, double[] values, double bar, string what) =>
        Verdict(name, values, bar, "at least", Figures.MedianOf(values) >= bar, what);

    /// <summary>A line whose median must not exceed the bar.</summary>
    public void AtMost(string name, double[] values, double bar, string what) =>
        Verdict(name, values, bar, "at most", Figures.MedianOf(values) <= bar, what);

    /// <summary>A bar that cannot be met because what it is about does not exist.</summary>
    public void Missing(string name, string why)
    {
        _missed.Add(name);
        Line(name, $"MISSED: {why}");
    }

    /// <summary>Names the bars that were missed.</summary>
    /// <returns>The exit code: 1 if there are any.</returns>
    public int Close()
    {
        if (_missed.Count == 0)
        {
            return 0;
        }

        Console.Error.WriteLine($"engines: missed the bar of: {string.Join(", ", _missed)}");
        return 1;
    }

    private void Verdict(string name, double[] values, double bar, string relation, bool isMet, string what)
    {
        if (!isMet)
        {
            _missed.Add(name);
        }

        var all = string.Join(' ', values.Select(value => value.ToString("0.##", CultureInfo.InvariantCulture)));
        Line(name, $"{Figures.MedianOf(values):0.##} {what}; bar: {relation} {bar}, {(isMet ? "met" : "MISSED")}; median of {all}");
    }
}
