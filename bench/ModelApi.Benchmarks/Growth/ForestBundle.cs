using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Benchmarks.Growth;

/// <summary>Writes the bundle of a random forest: manifest, graph and golden rows.</summary>
internal static class ForestBundle
{
    private const int Features = 8;
    private const int MaxDepth = 12;
    private const int GoldenRows = 200;

    /// <param name="root">The folder of models.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="trees">How many trees it has.</param>
    /// <returns>The bundle's folder.</returns>
    public static string Write(string root, string name, int trees)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, name, "1")).FullName;
        var forest = new RandomForest(trees, Features, MaxDepth, seed: trees);
        var graph = ForestFile.Write(forest, Features);
        var golden = Encoding.UTF8.GetBytes(string.Join('\n', Rows(forest).Select(row => row.ToJsonString())));
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph);
        File.WriteAllBytes(Path.Combine(folder, "golden.jsonl"), golden);
        File.WriteAllText(
            Path.Combine(folder, "model.json"),
            Manifest(name, trees, graph, golden).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        return folder;
    }

    private static JsonObject Manifest(string name, int trees, byte[] graph, byte[] golden)
    {
        JsonNode[] names = [.. Enumerable.Range(0, Features).Select(index => JsonValue.Create(NameOf(index)))];
        return new JsonObject
        {
            ["name"] = name,
            ["version"] = "1",
            ["description"] = $"A forest of {trees} random trees, for measuring.",
            ["task"] = "classification",
            ["target"] = new JsonObject { ["name"] = "answer" },
            ["classes"] = new JsonArray("no", "yes"),
            ["unknownCategory"] = "reject",
            ["features"] = new JsonArray([.. Enumerable.Range(0, Features).Select(Feature)]),
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

    private static IEnumerable<JsonObject> Rows(RandomForest forest)
    {
        var random = new Random(1);
        var roots = forest.Nodes.Index().Where(item => item.Item.Id == 0).Select(item => item.Index).ToList();
        for (var row = 0; row < GoldenRows; row++)
        {
            float[] values = [.. Enumerable.Range(0, Features).Select(_ => MathF.Round(random.NextSingle(), 4))];
            var probability = roots.Sum(root => (double)(Leaf(forest, root, values).Probability / forest.Trees));
            yield return new JsonObject
            {
                ["input"] = new JsonObject(values.Index().Select(item =>
                    KeyValuePair.Create<string, JsonNode?>(NameOf(item.Index), (double)(decimal)item.Item))),
                ["label"] = probability > 0.5 ? "yes" : "no",
                ["probabilities"] = new JsonObject { ["no"] = 1 - probability, ["yes"] = probability },
            };
        }
    }

    private static ForestNode Leaf(RandomForest forest, int root, float[] values)
    {
        var node = forest.Nodes[root];
        while (node.Feature >= 0)
        {
            node = forest.Nodes[root + (values[node.Feature] <= node.Threshold ? node.Left : node.Right)];
        }

        return node;
    }

    private static string NameOf(int feature) => $"f{feature}";
}
