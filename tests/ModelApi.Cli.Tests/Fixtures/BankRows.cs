using System.Globalization;
using System.Text.Json;

namespace ModelApi.Cli.Tests.Fixtures;

/// <summary>The golden rows of the bank model as lines of files, and the comparison with the trainer's answers.</summary>
internal static class BankRows
{
    public const double Tolerance = 1e-6;

    /// <summary>One row that is valid, in the order of <see cref="Header"/>.</summary>
    public const string Row = "41,management,married,tertiary,1506,yes,261,1";

    public static IReadOnlyList<Golden> Golden { get; } = Inference.Tests.Fixtures.Golden.Read(Repository.Bank);

    public static IReadOnlyList<string> Columns { get; } = [.. Parse(Golden[0]).Select(item => item.Key)];

    public static string Header => string.Join(',', Columns);

    /// <summary>The values of a golden row, in the order of <see cref="Columns"/>.</summary>
    public static IEnumerable<string> Values(Golden golden) => Parse(golden).Select(item => item.Value);

    /// <summary>A CSV of that many rows: the golden rows, repeated.</summary>
    public static string Csv(int rows, string separator = ",", string lineBreak = "\n")
    {
        var lines = Golden.Select(golden => string.Join(separator, Values(golden))).ToList();
        var header = string.Join(separator, Columns) + lineBreak;
        return header + string.Concat(Enumerable.Range(0, rows).Select(row => lines[row % lines.Count] + lineBreak));
    }

    /// <summary>Fails unless the answers are the trainer's to the golden rows, repeated.</summary>
    /// <returns>How many there are.</returns>
    public static int AssertTrainers(IEnumerable<(string Label, double No, double Yes)> answers)
    {
        var largest = 0.0;
        var row = 0;
        foreach (var (label, no, yes) in answers)
        {
            var golden = Golden[row % Golden.Count];
            Assert.Equal(golden.Label, label);
            largest = Math.Max(largest, Math.Abs(golden.Probabilities["no"] - no));
            largest = Math.Max(largest, Math.Abs(golden.Probabilities["yes"] - yes));
            row++;
        }

        Assert.InRange(largest, 0, Tolerance);
        return row;
    }

    /// <summary>The answers in the last three columns of a CSV without quotes.</summary>
    public static IEnumerable<(string Label, double No, double Yes)> AnswersOf(IEnumerable<string> lines, char separator = ',') =>
        lines.Select(line => line.Split(separator)).Select(cells => (cells[^3], Number(cells[^2]), Number(cells[^1])));

    /// <summary>The answers in lines of JSON.</summary>
    public static IEnumerable<(string Label, double No, double Yes)> AnswersOfJson(IEnumerable<string> lines) =>
        lines.Select(line => JsonDocument.Parse(line).RootElement)
            .Select(row => (Label: row.GetProperty("prediction").GetString()!, Probabilities: row.GetProperty("probabilities")))
            .Select(row => (row.Label, row.Probabilities.GetProperty("no").GetDouble(), row.Probabilities.GetProperty("yes").GetDouble()));

    public static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private static List<KeyValuePair<string, string>> Parse(Golden golden) =>
        [.. JsonDocument.Parse(golden.Input).RootElement.EnumerateObject()
            .Select(item => KeyValuePair.Create(item.Name, item.Value.ToString()))];
}
