using System.Globalization;
using Spectre.Console;

namespace ModelApi.Cli.Servers;

/// <summary>Shows how one version differs from another.</summary>
internal static class DiffReport
{
    /// <summary>Differences, metrics and arguments, as tables.</summary>
    public static void Show(DiffInfo diff, IAnsiConsole console)
    {
        console.WriteLine($"{diff.Model}, from version {diff.From} to version {diff.To}: {Summarize(diff)}");
        foreach (var line in Lines(diff))
        {
            console.WriteLine(line);
        }

        if (diff.Metrics.Count > 0)
        {
            var table = Table("metric", $"version {diff.From}", $"version {diff.To}", "change");
            foreach (var metric in diff.Metrics)
            {
                table.AddRow(Text(metric.Name), Text(Number(metric.Old)), Text(Number(metric.New)), Text(Change(metric.Change)));
            }

            console.Write(table);
        }

        if (diff.Arguments.Count > 0)
        {
            var table = Table("argument", $"version {diff.From}", $"version {diff.To}");
            foreach (var argument in diff.Arguments)
            {
                table.AddRow(Text(argument.Name), Text(argument.Old?.ToString() ?? ""), Text(argument.New?.ToString() ?? ""));
            }

            console.Write(table);
        }
    }

    /// <summary>The differences alone, a line each.</summary>
    public static IEnumerable<string> Lines(DiffInfo diff) =>
        diff.Differences.Select(difference => $"  {(difference.Breaking ? "breaking " : "         ")} {difference.Message}");

    /// <summary>What the differences mean for clients.</summary>
    public static string Summarize(DiffInfo diff) =>
        diff.Breaking ? "clients may break"
        : diff.Differences.Count > 0 ? "compatible"
        : "the same for clients";

    private static Table Table(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (var i = 0; i < columns.Length; i++)
        {
            var column = new TableColumn(new Text(columns[i]));
            table.AddColumn(i == 0 ? column : column.RightAligned());
        }

        return table;
    }

    private static Text Text(string text) => new(text);

    private static string Number(double? number) => number is { } value ? value.ToString("0.######", CultureInfo.InvariantCulture) : "";

    private static string Change(double? number) =>
        number is { } value ? value.ToString("+0.######;-0.######;0", CultureInfo.InvariantCulture) : "";
}
