using System.Text;
using System.Text.Json.Nodes;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>A manifest with a feature of every kind, and edits of it.</summary>
internal static class ContractManifests
{
    public const string Classifier = """
        {
          "name": "shop", "version": "1", "description": "Made by a test.", "task": "classification", "target": { "name": "buys" },
          "classes": ["no", "yes", "later"], "unknownCategory": "reject", "instancesKey": "rows",
          "features": [
            { "name": "age", "type": "integer", "minimum": 18, "maximum": 90, "example": 40 },
            { "name": "income", "type": "number", "nullable": true, "minimum": 0, "example": 100.5 },
            { "name": "city", "type": "string", "categories": ["Rome", "Oslo", "Bern"], "example": "Rome" },
            { "name": "note", "type": "string", "minimumLength": 2, "maximumLength": 10, "example": "fine" },
            { "name": "member", "type": "boolean", "example": true },
            { "name": "pixels", "type": "tensor", "shape": [2, 2], "example": [[1, 2], [3, 4]] },
            { "name": "plan", "type": "string", "nullable": true, "categories": ["a", "b"], "missingCategory": "a", "example": "b" }
          ],
          "graphs": [{ "file": "graph.onnx" }], "outputs": { "label": "label", "probabilities": "p", "others": ["raw"] },
          "files": { "graph.onnx": "DIGEST", "other.onnx": "DIGEST", "golden.jsonl": "DIGEST" }
        }
        """;

    public static BundleManifest Read(string json)
    {
        var faults = new BundleFaults();
        var utf8 = Encoding.UTF8.GetBytes(json.Replace("DIGEST", new string('0', 64), StringComparison.Ordinal));
        var manifest = new ManifestReader(new BundleLimits()).Read(utf8, faults, new Dictionary<string, string>());
        Assert.Empty(faults.ToList());
        return manifest!;
    }

    /// <summary>Applies edits to the manifest: a verb, names, and a value in JSON.</summary>
    public static string Edit(params string[] edits)
    {
        var manifest = JsonNode.Parse(Classifier)!.AsObject();
        var features = manifest["features"]!.AsArray();
        foreach (var edit in edits)
        {
            // The value is the last word, and may hold spaces.
            switch (edit.Trim().Split(' ', edit[..3] switch { "set" => 4, "add" => 2, _ => 3 }))
            {
                case ["remove", var name]:
                    features.Remove(Find(name));
                    break;
                case ["rename", var name, var other]:
                    Find(name)["name"] = other;
                    break;
                case ["add", var feature]:
                    features.Add(JsonNode.Parse(feature));
                    break;
                case ["set", var name, var member, "null"]:
                    Find(name).Remove(member);
                    break;
                case ["set", var name, var member, var value]:
                    Set(Find(name), member, value);
                    break;
                case ["reverse"]:
                    manifest["features"] = new JsonArray([.. features.Reverse().Select(feature => feature!.DeepClone())]);
                    break;
                case ["top", var member, var value]:
                    manifest[member] = JsonNode.Parse(value);
                    break;
                default:
                    throw new ArgumentException(edit);
            }
        }

        return manifest.ToJsonString();

        JsonObject Find(string name) => features.Select(feature => feature!.AsObject()).Single(feature => (string)feature["name"]! == name);

        // An example must stay valid.
        static void Set(JsonObject feature, string member, string value)
        {
            feature[member] = JsonNode.Parse(value);
            feature["example"] = (member, value) switch
            {
                ("type", _) => 100,
                ("minimum", _) => 41,
                ("maximum", "39") => 39,
                ("categories", _) => feature["categories"]![0]!.DeepClone(),
                ("minimumLength" or "maximumLength", _) => feature.ContainsKey("maximumLength") && value == "3" ? "abc" : "fine!",
                ("shape", _) => new JsonArray(1, 2, 3, 4),
                _ => feature["example"]?.DeepClone(),
            };
        }
    }
}
