using System.Text.Json.Nodes;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Makes bundles of the models in <c>tests/Cases</c>, with manifests as a person would write them.</summary>
internal static class CaseModels
{
    /// <summary>The kinds of answers: the case, and what its manifest says beside the features.</summary>
    public static IReadOnlyDictionary<string, string> Manifests { get; } = new Dictionary<string, string>
    {
        ["linreg"] = """{"task":"regression","outputs":{"value":"variable"}}""",
        ["ridge"] = """{"task":"regression","outputs":{"value":"variable"}}""",
        ["t-lr-shift"] = """{"task":"regression","outputs":{"value":"variable"}}""",
        ["t-gbr-shift"] = """{"task":"regression","outputs":{"value":"variable"}}""",
        ["svr"] = """{"task":"regression","outputs":{"value":"variable"}}""",
        ["reg-double"] = """{"task":"regression","outputs":{"value":"variable"}}""",
        ["lda"] = Classifier("""["class_0","class_1","class_2"]"""),
        ["mnb-digits"] =
            """
            {"task":"classification","classes":[0,1,2,3,4,5,6,7,8,9],"outputs":{"label":"label","probabilities":"probabilities"},
             "tolerance":0.0001,"toleranceReason":"Sums of many logarithms in 32-bit floats."}
            """,
        ["bnb-digits"] = Classifier("[0,1,2,3,4,5,6,7,8,9]"),
        ["pipe-double"] = Classifier("""["No Risk","Risk"]"""),
        ["iris-auto64"] = Classifier("""["setosa","versicolor","virginica"]"""),
        ["label-int32"] = Classifier("[0,1]"),
        ["lab-float"] = Classifier("[1.0,2.0,3.0]"),
        ["lab-bool"] = Classifier("[false,true]"),
        ["noshape"] = Classifier("[0,1]"),
        ["noproba"] = """{"task":"classification","classes":["class_0","class_1","class_2"],"outputs":{"label":"label"}}""",
        ["ridge-clf"] = """{"task":"classification","classes":["benign","malignant"],"outputs":{"label":"label"}}""",
        ["sgd-hinge"] = """{"task":"classification","classes":["class_0","class_1","class_2"],"outputs":{"label":"label"}}""",
        ["votinghard"] = """{"task":"classification","classes":["class_0","class_1","class_2"],"outputs":{"label":"label"}}""",
        ["noproba-scores"] =
            """{"task":"classification","classes":["class_0","class_1","class_2"],"outputs":{"label":"label","scores":"probabilities"}}""",
        ["torch-softmax"] = """{"task":"classification","classes":[0,1],"outputs":{"probabilities":"probabilities"}}""",
        ["keras-sigmoid"] = """{"task":"classification","classes":[0,1],"outputs":{"probabilities":"probabilities"}}""",
        ["torch-many"] =
            """
            {"task":"classification","classes":[0,1],
             "outputs":{"label":"label","probabilities":"probabilities","others":["logits","r2"]}}
            """,
        ["multi-reg"] = """{"task":"regression","targets":["first","second"],"outputs":{"value":"variable"}}""",
        ["multilabel"] = """{"task":"multilabel","targets":["sweet","strong"],"outputs":{"label":"label"}}""",
        ["answers/k-means"] = """{"task":"clustering","classes":[0,1,2,3],"outputs":{"label":"label","scores":"scores"}}""",
        ["answers/labels"] =
            """{"task":"multilabel","targets":["sweet","strong"],"outputs":{"label":"label","probabilities":"probabilities"}}""",
        ["answers/labels-forest"] =
            """{"task":"multilabel","targets":["sweet","strong"],"outputs":{"label":"label","probabilities":"probabilities"}}""",
        ["answers/margin"] = """{"task":"classification","classes":[-1,1],"outputs":{"label":"label","scores":"probabilities"}}""",
        ["iforest"] = """{"task":"outlier-detection","outputs":{"label":"label","value":"scores"}}""",
        ["lof"] = """{"task":"outlier-detection","outputs":{"label":"label","value":"scores"}}""",
        ["ocsvm"] = """{"task":"outlier-detection","outputs":{"label":"label","value":"scores"}}""",
    };

    /// <summary>Makes the bundle of a case.</summary>
    /// <param name="models">The folder of models.</param>
    /// <param name="name">The case; the last part is the name of the model.</param>
    /// <param name="manifest">What its manifest says beside the features; null for that of <see cref="Manifests"/>.</param>
    /// <param name="model">The name of the model where it is another.</param>
    /// <param name="edit">Changes each golden row.</param>
    public static TemporaryBundle AddCase(
        this TemporaryModels models, string name, string? manifest = null, string? model = null, Action<JsonObject>? edit = null)
    {
        var source = FolderOf(name);
        model ??= Path.GetFileName(name);
        var folder = Path.Combine(models.Root, model, "1");
        Directory.CreateDirectory(folder);
        var content = JsonNode.Parse(manifest ?? Manifests[name])!.AsObject();
        var rows = File.ReadAllLines(Path.Combine(source, "golden.jsonl")).Select(line => Edited(line, edit)).ToList();
        var row = JsonNode.Parse(rows[0])!["input"]!.AsObject();
        var graph = File.ReadAllBytes(Path.Combine(source, "model.onnx"));
        content["name"] = model;
        content["version"] = "1";
        content["description"] = "A model as a data scientist hands it over.";
        content["target"] = new JsonObject { ["name"] = "target" };
        content["unknownCategory"] = "reject";
        content["features"] = new JsonArray([.. row.Select(cell => new JsonObject
        {
            ["name"] = cell.Key,
            ["type"] = cell.Value!.GetValueKind() == System.Text.Json.JsonValueKind.String ? "string" : "number",
            ["example"] = cell.Value.DeepClone(),
        })]);
        content["graphs"] = new JsonArray(new JsonObject { ["file"] = "model.onnx", ["inputs"] = Inputs(name, row) });
        content["files"] = new JsonObject();
        var bundle = new TemporaryBundle(folder);
        File.WriteAllText(bundle.PathOf("model.json"), content.ToJsonString());
        bundle.Write("model.onnx", graph);
        bundle.Write("golden.jsonl", string.Join('\n', rows));
        return bundle;
    }

    /// <summary>The folder with the graph and the golden rows of a case.</summary>
    public static string FolderOf(string name) => name.StartsWith("answers/", StringComparison.Ordinal)
        ? Path.Combine(Repository.Root, "tests", "ModelApi.Inference.Tests", "Models", name)
        : Path.Combine(Repository.Root, "tests", "Cases", name);

    /// <summary>The golden rows of a case.</summary>
    public static IReadOnlyList<JsonObject> Rows(string name) =>
        [.. File.ReadLines(Path.Combine(FolderOf(name), "golden.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];

    private static string Edited(string line, Action<JsonObject>? edit)
    {
        if (edit is null)
        {
            return line;
        }

        var row = JsonNode.Parse(line)!.AsObject();
        edit(row);
        return row.ToJsonString();
    }

    private static string Classifier(string classes) =>
        "{\"task\":\"classification\",\"classes\":" + classes + ",\"outputs\":{\"label\":\"label\",\"probabilities\":\"probabilities\"}}";

    // One input takes all features, or each takes one: named like it, or as skl2onnx renames it.
    private static JsonObject Inputs(string name, JsonObject row)
    {
        var features = row.Select(cell => cell.Key).ToList();
        return name switch
        {
            "ridge" or "ridge-clf" or "svr" or "sgd-hinge" or "reg-double" or "pipe-double" => [],
            "iris-auto64" => new JsonObject([.. features.Select(feature => KeyValuePair.Create(
                feature.Replace(" ", "_", StringComparison.Ordinal).Replace("(", "_", StringComparison.Ordinal)
                    .Replace(")", "_", StringComparison.Ordinal),
                (JsonNode?)JsonValue.Create(feature)))]),
            _ => new JsonObject
            {
                [name is "noshape" or "label-int32" or "keras-sigmoid" or "torch-softmax" or "torch-many" ? "x" : "X"] =
                    new JsonArray([.. features.Select(feature => JsonValue.Create(feature))]),
            },
        };
    }
}
