using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Benchmarks.Generated;

/// <summary>Writes the bundle of a model of random weights: manifest, graph and golden rows.</summary>
internal static class GeneratedBundle
{
    private const int GoldenRows = 200;

    public static readonly string[] Classes = ["no", "yes"];

    /// <param name="root">The folder of models.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="features">The number of features, all of them numbers.</param>
    /// <param name="graph">The graph: input <c>features</c>, outputs <c>label</c> and <c>probabilities</c>.</param>
    /// <param name="probabilityOf">The probability of "yes" for one row.</param>
    /// <returns>The bundle's folder.</returns>
    public static string Write(string root, string name, int features, byte[] graph, Func<double[], double> probabilityOf)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, name, "1")).FullName;
        var golden = Encoding.UTF8.GetBytes(string.Join('\n', Rows(features, probabilityOf).Select(row => row.ToJsonString())));
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph);
        File.WriteAllBytes(Path.Combine(folder, "golden.jsonl"), golden);
        var manifest = Manifest(name, features, graph, golden);
        File.WriteAllText(
            Path.Combine(folder, "model.json"), manifest.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        return folder;
    }

    private static JsonObject Manifest(string name, int features, byte[] graph, byte[] golden)
    {
        JsonNode[] names = [.. Enumerable.Range(0, features).Select(index => JsonValue.Create(NameOf(index)))];
        return new JsonObject
        {
            ["name"] = name,
            ["version"] = "1",
            ["description"] = "A model of random weights, for measuring.",
            ["task"] = "classification",
            ["target"] = new JsonObject { ["name"] = "answer" },
            ["classes"] = new JsonArray([.. Classes.Select(label => JsonValue.Create(label))]),
            ["unknownCategory"] = "reject",
            ["features"] = new JsonArray([.. Enumerable.Range(0, features).Select(Feature)]),
            ["graphs"] = new JsonArray(new JsonObject
            {
                ["file"] = "model.onnx",
                ["inputs"] = new JsonObject { ["features"] = new JsonArray(names) },
            }),
            ["outputs"] = new JsonObject { ["label"] = "label", ["probabilities"] = "probabilities" },
            ["files"] = new JsonObject
            {
                ["golden.jsonl"] = Convert.ToHexStringLower(SHA256.HashData(golden)),
                ["model.onnx"] = Convert.ToHexStringLower(SHA256.HashData(graph)),
            },
        };
    }

    private static JsonObject Feature(int index) => new()
    {
        ["name"] = NameOf(index),
        ["type"] = "number",
        ["description"] = "A random number",
        ["example"] = 0.5,
    };

    private static IEnumerable<JsonObject> Rows(int features, Func<double[], double> probabilityOf)
    {
        var random = new Random(1);
        for (var row = 0; row < GoldenRows; row++)
        {
            double[] values = [.. Enumerable.Range(0, features).Select(_ => Math.Round((random.NextDouble() * 4) - 2, 4))];
            var probability = probabilityOf(values);
            yield return new JsonObject
            {
                ["input"] = new JsonObject(values.Index().Select(item =>
                    KeyValuePair.Create<string, JsonNode?>(NameOf(item.Index), item.Item))),
                ["label"] = Classes[probability > 0.5 ? 1 : 0],
                ["probabilities"] = new JsonObject { ["no"] = 1 - probability, ["yes"] = probability },
            };
        }
    }

    private static string NameOf(int feature) => $"f{feature}";
}
