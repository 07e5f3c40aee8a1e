using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace ModelApi.Cli.Servers;

/// <summary>Shows a rollout and what it has found so far.</summary>
internal static class RolloutReport
{
    /// <summary>The rollout in a line, for the time of waiting.</summary>
    public static string OneLine(JsonObject rollout)
    {
        var comparison = rollout["comparison"] as JsonObject;
        var parts = new List<string> { Title(rollout), $"{comparison?["rows"] ?? 0} rows compared" };
        if (Share(comparison?["labels"]?["differing"]) is { } differing)
        {
            parts.Add($"labels differ in {differing}");
        }

        if (Share(comparison?["errors"]?["candidate"]) is { } errors)
        {
            parts.Add($"errors in {errors}");
        }

        return string.Join(", ", parts);
    }

    /// <summary>All of it, as tables.</summary>
    public static void Show(string model, JsonObject rollout, IAnsiConsole console)
    {
        console.WriteLine($"{model} {rollout["version"]}: {Title(rollout)}");
        if (rollout["comparison"] is not JsonObject comparison)
        {
            return;
        }

        var table = new Table { Border = TableBorder.Rounded }.AddColumns("", "production", $"version {rollout["version"]}");
        Add(table, "errors", Share(comparison["errors"]?["production"]), Share(comparison["errors"]?["candidate"]));
        foreach (var (name, member) in new[] { ("median", "p50Milliseconds"), ("95 %", "p95Milliseconds"), ("99 %", "p99Milliseconds") })
        {
            Add(
                table,
                $"time, {name}",
                Milliseconds(comparison["latency"]?["production"]?[member]),
                Milliseconds(comparison["latency"]?["candidate"]?[member]));
        }

        console.WriteLine($"{comparison["rows"]} rows compared, {comparison["dropped"]} calls left out under load");
        console.Write(table);
        if (Share(comparison["labels"]?["differing"], withInterval: true) is { } differing)
        {
            console.WriteLine($"labels differ in {differing}");
        }

        if (comparison["scoreDifference"]?["quantiles"] is JsonObject quantiles)
        {
            console.WriteLine(
                "score difference: " + string.Join(", ", quantiles.Select(quantile => $"{quantile.Key}: {Number(quantile.Value)}")));
        }

        if (comparison["labels"]?["confusion"] is JsonObject confusion)
        {
            ShowConfusion(confusion, console);
        }
    }

    private static void ShowConfusion(JsonObject confusion, IAnsiConsole console)
    {
        var labels = confusion.SelectMany(row => row.Value!.AsObject().Select(cell => cell.Key).Prepend(row.Key))
            .Distinct().Order(StringComparer.Ordinal).ToList();
        var table = new Table { Border = TableBorder.Rounded }.AddColumn("old \\ new");
        foreach (var label in labels)
        {
            table.AddColumn(new TableColumn(new Text(label)).RightAligned());
        }

        foreach (var old in labels)
        {
            table.AddRow([new Text(old), .. labels.Select(label => new Text(confusion[old]?[label]?.ToString() ?? "0"))]);
        }

        console.Write(table);
    }

    private static string Title(JsonObject rollout) =>
        rollout["mode"]?.ToString() + (rollout["percent"] is { } percent && Number(percent) != "0" ? $" of {Number(percent)} %" : "");

    private static void Add(Table table, string name, string? production, string? candidate) =>
        table.AddRow(new Text(name), new Text(production ?? ""), new Text(candidate ?? ""));

    private static string? Share(JsonNode? share, bool withInterval = false) => share?["value"] is JsonValue value
        ? Percent(value) + (withInterval ? $" (95 % confidence: {Percent(share["low"]!)} to {Percent(share["high"]!)})" : "")
        : null;

    private static string Percent(JsonNode value) => string.Create(CultureInfo.InvariantCulture, $"{100 * (double)value:0.##} %");

    private static string? Milliseconds(JsonNode? value) =>
        value is null ? null : string.Create(CultureInfo.InvariantCulture, $"{(double)value:0.###} ms");

    private static string Number(JsonNode? value) =>
        value is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{(double)value:0.######}");
}
