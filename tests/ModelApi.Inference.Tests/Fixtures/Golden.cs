using System.Text.Json;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>One row of golden.jsonl, read here without any of the product's own readers.</summary>
internal sealed record Golden(string Input, string Label, IReadOnlyDictionary<string, double> Probabilities, string Kind)
{
    public static IReadOnlyList<Golden> Read(string bundle) =>
        [.. File.ReadLines(Path.Combine(bundle, "golden.jsonl")).Select(Parse)];

    /// <summary>A label as JSON writes it, without the quotes of a text.</summary>
    public static string LabelOf(JsonElement label) =>
        label.ValueKind == JsonValueKind.String ? label.GetString()! : label.GetRawText();

    private static Golden Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return new Golden(
            root.GetProperty("input").GetRawText(),
            LabelOf(root.GetProperty("label")),
            root.GetProperty("probabilities").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetDouble()),
            root.TryGetProperty("kind", out var kind) ? kind.GetString()! : "");
    }
}
