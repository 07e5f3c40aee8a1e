using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Inference.Packing;
using Spectre.Console;

namespace ModelApi.Cli;

/// <summary>Shows what <c>modelapi pack</c> made or would make.</summary>
internal static class PackReport
{
    private const int MostListed = 6;

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The signature as a table: each column with what it feeds, and what is predicted.</summary>
    public static void ShowSignature(PackResult result, IAnsiConsole console)
    {
        var manifest = result.Manifest;
        var table = new Table { Border = TableBorder.Rounded }.AddColumns("column", "feeds", "type", "values", "example");
        foreach (var feature in manifest["features"]!.AsArray().Select(feature => feature!.AsObject()))
        {
            var name = (string)feature["name"]!;
            table.AddRow(
                Text(name),
                Text(result.Inputs.GetValueOrDefault(name, "")),
                Text((string)feature["type"]! + (feature["nullable"] is not null ? " or null" : "")),
                Text(ValuesOf(feature)),
                Text(Shorten(feature["example"]?.ToJsonString(OneLine) ?? "null")));
        }

        console.Write(table);
        console.WriteLine();
        var classes = manifest["classes"] is JsonArray list ? $": {List(list)}" : "";
        var targets = manifest["targets"] is JsonArray several ? $" ({List(several)})" : "";
        console.WriteLine($"{manifest["task"]} of {manifest["target"]!["name"]}{targets}{classes}");
        foreach (var (part, output) in manifest["outputs"]!.AsObject())
        {
            console.WriteLine($"{part} from {(output is JsonArray names ? List(names) : output)}");
        }

        console.WriteLine($"unknown categories: {manifest["unknownCategory"]}");
    }

    /// <summary>One line about the golden rows.</summary>
    public static string Summarize(PackResult result) => $"{result.Folder ?? "Nothing was written"}: {result.Golden.Describe()}";

    private static string ValuesOf(JsonObject feature) => feature switch
    {
        _ when feature["shape"] is JsonArray shape => shape.ToJsonString(OneLine),
        _ when feature["categories"] is JsonArray categories => List(categories)
            + (feature["missingCategory"] is { } missing ? $"; null is '{missing}'" : ""),
        _ when feature["minimum"] is { } minimum => $"{minimum.ToJsonString(OneLine)} to {feature["maximum"]!.ToJsonString(OneLine)}",
        _ => "",
    };

    private static string List(JsonArray items) =>
        string.Join(", ", items.Take(MostListed).Select(item => item!.ToString()))
        + (items.Count > MostListed ? $" and {items.Count - MostListed} more" : "");

    private static string Shorten(string text) => text.Length <= 40 ? text : $"{text[..40]}…";

    // A text, not markup: names may hold brackets.
    private static Text Text(string text) => new(text);
}
