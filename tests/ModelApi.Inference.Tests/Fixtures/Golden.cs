using System.Text.Json;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>One row of golden.jsonl, read here without any of the product's own readers.</summary>
internal sealed record Golden(string Input, string Label, IReadOnlyDictionary<string, double> Probabilities, string Kind)
{
    public static IReadOnlyList<Golden> Read(string bundle) =>
        [.. File.ReadLines(Path.Combine(bundle, "golden.jsonl")).Select(Parse)];

    private static Golden Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return new Golden(
            root.GetProperty("input").GetRawText(),
            root.GetProperty("label").ToString(),
            root.GetProperty("probabilities").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetDouble()),
            root.TryGetProperty("kind", out var kind) ? kind.GetString()! : "");
    }
}
