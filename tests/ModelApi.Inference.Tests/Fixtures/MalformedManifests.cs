using System.Text;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Bundles with a broken <c>model.json</c>.</summary>
internal static class MalformedManifests
{
    private static readonly string[] Required =
        ["name", "version", "description", "task", "target", "classes", "unknownCategory", "features", "graphs", "outputs", "files"];

    /// <summary>Values of a key that are wrong: the kind, the key, the value, and where the fault is.</summary>
    private static readonly (string Kind, string Key, string Value, string Fault)[] Values =
    [
        ("schema-number", "$schema", "7", "$.$schema"),
        ("name-upper-case", "name", "\"Bank\"", "$.name"),
        ("name-path", "name", "\"../bank\"", "$.name"),
        ("name-other", "name", "\"other\"", "$.name"),
        ("name-escape", "name", "\"a\\u001b[2J\"", "$.name"),
        ("version-zero", "version", "\"0\"", "$.version"),
        ("version-leading-zero", "version", "\"01\"", "$.version"),
        ("version-huge", "version", "\"99999999999999999999\"", "$.version"),
        ("version-number", "version", "1", "$.version"),
        ("version-other", "version", "\"2\"", "$.version"),
        ("description-empty", "description", "\"\"", "$.description"),
        ("task-unknown", "task", "\"cluster\"", "$.task"),
        ("task-regression-with-classes", "task", "\"regression\"", "$.classes"),
        ("target-without-name", "target", "{}", "$.target.name"),
        ("target-unknown-key", "target", "{\"name\":\"t\",\"nam\":1}", "$.target.nam"),
        ("target-description-number", "target", "{\"name\":\"t\",\"description\":1}", "$.target.description"),
        ("classes-one", "classes", "[\"benign\"]", "$.classes"),
        ("classes-twice", "classes", "[\"benign\",\"benign\"]", "$.classes[1]"),
        ("classes-three", "classes", "[\"benign\",\"malignant\",\"other\"]", "$.outputs.probabilities"),
        ("classes-mixed", "classes", "[\"benign\",1]", "$.classes[1]"),
        ("classes-fraction", "classes", "[0,1.5]", "$.outputs.label"),
        ("classes-beyond-long", "classes", "[0,9223372036854775808]", "$.classes[1]"),
        ("classes-booleans", "classes", "[true,false]", "$.outputs.label"),
        ("classes-empty", "classes", "[]", "$.classes"),
        ("targets-of-classes", "targets", "[\"a\",\"b\"]", "$.targets"),
        ("task-multilabel-without-targets", "task", "\"multilabel\"", "$.targets"),
        ("task-ranking-with-classes", "task", "\"ranking\"", "$.classes"),
        ("task-outliers-with-probabilities", "task", "\"outlier-detection\"", "$.outputs.probabilities"),
        ("tolerance-zero", "tolerance", "0", "$.tolerance"),
        ("tolerance-wide", "tolerance", "0.01", "$.tolerance"),
        ("tolerance-without-reason", "tolerance", "0.0001", "toleranceReason"),
        ("tolerance-text", "tolerance", "\"1e-4\"", "$.tolerance"),
        (
            "outputs-scores-beside", "outputs", "{\"label\":\"label\",\"probabilities\":\"probabilities\",\"scores\":\"x\"}",
            "$.outputs.scores"),
        ("outputs-others-unknown", "outputs", "{\"label\":\"label\",\"others\":[\"x\"]}", "$.outputs.others[0]"),
        ("outputs-others-twice", "outputs", "{\"label\":\"label\",\"others\":[\"label\",\"label\"]}", "$.outputs.others[1]"),
        ("outputs-others-many", "outputs", "{\"label\":\"label\",\"others\":7}", "$.outputs.others"),
        ("classes-infinite", "classes", "[0,1e999]", "$.classes[1]"),
        ("classes-of-null", "classes", "[null,null]", "$.classes[0]"),
        ("classes-integers", "classes", "[0,1]", "$.outputs.label"),
        ("instances-key-empty", "instancesKey", "\"\"", "$.instancesKey"),
        ("instances-key-of-feature", "instancesKey", "\"mean_radius\"", "$.features"),
        ("unknown-category-unknown", "unknownCategory", "\"ignore\"", "$.unknownCategory"),
        ("features-empty", "features", "[]", "$.features"),
        ("features-of-null", "features", "[null]", "$.features[0]"),
        ("features-text", "features", "[\"mean_radius\"]", "$.features[0]"),
        ("graphs-empty", "graphs", "[]", "$.graphs"),
        ("graphs-text", "graphs", "[\"model.onnx\"]", "$.graphs[0]"),
        ("graph-without-file", "graphs", "[{}]", "$.graphs[0].file"),
        ("graph-path", "graphs", "[{\"file\":\"../model.onnx\"}]", "$.graphs[0].file"),
        ("graph-unlisted", "graphs", "[{\"file\":\"other.onnx\"}]", "$.graphs[0].file"),
        ("graph-is-no-graph", "graphs", "[{\"file\":\"args.json\"}]", "args.json: Not a valid ONNX file"),
        ("graph-unknown-key", "graphs", "[{\"file\":\"model.onnx\",\"input\":{}}]", "$.graphs[0].input"),
        ("graph-inputs-array", "graphs", "[{\"file\":\"model.onnx\",\"inputs\":[]}]", "$.graphs[0].inputs"),
        ("graph-source-missing", "graphs", "[{\"file\":\"model.onnx\"}]", "$.graphs[0].inputs.features"),
        ("graph-source-number", "graphs", "[{\"file\":\"model.onnx\",\"inputs\":{\"features\":1}}]", "$.graphs[0].inputs.features"),
        ("graph-source-empty", "graphs", "[{\"file\":\"model.onnx\",\"inputs\":{\"features\":[]}}]", "$.graphs[0].inputs.features"),
        ("graph-source-unknown", "graphs", "[{\"file\":\"model.onnx\",\"inputs\":{\"features\":\"x\"}}]", "$.graphs[0].inputs.features"),
        ("graph-source-too-few", "graphs", "[{\"file\":\"model.onnx\",\"inputs\":{\"features\":[\"mean_radius\"]}}]", "Takes 30 columns"),
        ("graph-input-unknown", "graphs", "[{\"file\":\"model.onnx\",\"inputs\":{\"feature\":\"mean_radius\"}}]",
            "$.graphs[0].inputs.feature:"),
        ("outputs-array", "outputs", "[]", "$.outputs"),
        ("outputs-empty", "outputs", "{}", "$.outputs"),
        ("outputs-unknown", "outputs", "{\"label\":\"label\",\"probabilities\":\"probs\"}", "$.outputs.probabilities"),
        ("outputs-swapped", "outputs", "{\"label\":\"probabilities\",\"probabilities\":\"label\"}", "$.outputs.label"),
        ("outputs-of-regression", "outputs", "{\"value\":\"probabilities\"}", "$.outputs.value"),
        ("batching-number", "batching", "7", "$.batching"),
        ("batching-unknown-key", "batching", "{\"maxrows\":1}", "$.batching.maxrows"),
        ("batching-mode-unknown", "batching", "{\"mode\":\"maybe\"}", "$.batching.mode"),
        ("batching-rows-zero", "batching", "{\"maxRows\":0}", "$.batching.maxRows"),
        ("batching-rows-huge", "batching", "{\"maxRows\":1e15}", "$.batching.maxRows"),
        ("batching-delay-negative", "batching", "{\"maxDelayMilliseconds\":-1}", "$.batching.maxDelayMilliseconds"),
        ("batching-queue-fraction", "batching", "{\"maxQueuedRows\":1.5}", "$.batching.maxQueuedRows"),
        ("files-array", "files", "[]", "$.files"),
        ("files-empty", "files", "{}", "$.files"),
        ("files-path", "files", "{\"/etc/passwd\":\"00\"}", "$.files['/etc/passwd']"),
        ("files-parent", "files", "{\"../1/model.onnx\":\"00\"}", "$.files['../1/model.onnx']"),
        ("files-manifest", "files", "{\"model.json\":\"00\"}", "$.files['model.json']"),
        ("files-digest-short", "files", "{\"golden.jsonl\":\"00\"}", "$.files['golden.jsonl']"),
        ("files-digest-number", "files", "{\"golden.jsonl\":0}", "$.files['golden.jsonl']"),
    ];

    /// <summary>Values of a key of the first feature that are wrong.</summary>
    private static readonly (string Kind, string Key, string? Value, string Fault)[] FeatureValues =
    [
        ("without-name", "name", null, ".name: Missing."),
        ("without-type", "type", null, ".type: Missing."),
        ("without-example", "example", null, ".example: Missing."),
        ("name-empty", "name", "\"\"", ".name"),
        ("name-number", "name", "1", ".name"),
        ("name-twice", "name", "\"mean_texture\"", "$.features[1]: Occurs twice."),
        ("type-unknown", "type", "\"int\"", ".type"),
        ("nullable-text", "nullable", "\"no\"", ".nullable"),
        ("categories-of-number", "categories", "[\"a\"]", ".categories"),
        ("minimum-text", "minimum", "\"1\"", ".minimum"),
        ("minimum-infinite", "minimum", "1e999", ".minimum"),
        ("minimum-above-maximum", "minimum", "1000", ".minimum"),
        ("minimum-length-of-number", "minimumLength", "1", ".minimumLength"),
        ("description-number", "description", "1", ".description"),
        ("example-text", "example", "\"13\"", ".example"),
        ("example-null", "example", "null", ".example"),
        ("example-object", "example", "{}", ".example"),
        ("example-below", "example", "1", ".example"),
        ("unknown-key", "nullabel", "true", ".nullabel"),
    ];

    public static IEnumerable<MalformedBundle> All()
    {
        foreach (var key in Required)
        {
            yield return Edit($"manifest-without-{Slug(key)}", $"model.json $.{key}: Missing.", manifest => manifest.Remove(key));
        }

        foreach (var key in Required.Append("instancesKey").Append("batching").Append("$schema"))
        {
            yield return Edit($"manifest-{Slug(key)}-null", $"model.json $.{key}: Must be ", manifest => manifest[key] = null);
        }

        foreach (var (kind, key, value, fault) in Values)
        {
            yield return Edit($"manifest-{kind}", fault, manifest => manifest[key] = JsonNode.Parse(value));
        }

        foreach (var (kind, key, value, fault) in FeatureValues)
        {
            yield return Edit($"feature-{kind}", fault, manifest =>
            {
                var feature = manifest["features"]![0]!.AsObject();
                feature.Remove(key);
                if (value is not null)
                {
                    feature[key] = JsonNode.Parse(value);
                }
            });
        }

        yield return Edit("manifest-description-long", "$.description", manifest => manifest["description"] = new string('x', 10_001));
        yield return Edit("manifest-features-10001", "$.features: Must hold", manifest =>
            manifest["features"] = new JsonArray([.. Enumerable.Range(0, 10_001).Select(_ => new JsonObject())]));
        yield return Edit("manifest-files-101", "$.files: Must list at most", manifest =>
        {
            for (var i = 0; i < 101; i++)
            {
                manifest["files"]![$"f{i}"] = new string('0', 64);
            }
        });
        yield return Edit("manifest-unknown-keys-200000", "Unknown key", manifest =>
        {
            for (var i = 0; i < 200_000; i++)
            {
                manifest[$"an unknown key, number {i}"] = i;
            }
        });
        yield return Edit("manifest-key-long", "Unknown key", manifest => manifest[new string('k', 1_000_000)] = 1);

        yield return Text("empty", "Not valid JSON", _ => "");
        yield return Text("array", "$: Must be an object", _ => "[]");
        yield return Text("truncated", "Not valid JSON", json => json[..(json.Length / 2)]);
        yield return Text("trailing", "Not valid JSON", json => json + "}");
        yield return Text("comment", "Not valid JSON", json => "// a comment\n" + json);
        yield return Text("nan", "Not valid JSON", json => json.Replace("\"task\"", "\"x\":NaN,\"task\"", StringComparison.Ordinal));
        yield return Text("key-twice", "a name occurs twice", json =>
            json.Replace("{\"$schema\"", "{\"task\":1,\"$schema\"", StringComparison.Ordinal));
        yield return Text("deep", "Not valid JSON", _ => string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));
        yield return Text("half-surrogate", "surrogate", json =>
            json.Replace("\"description\":\"", "\"description\":\"\\ud800", StringComparison.Ordinal));
        yield return Bytes("utf16", json => Encoding.Unicode.GetBytes(json));
        yield return Bytes("invalid-utf8", json =>
            Encoding.Latin1.GetBytes(json.Replace("\"task\"", "\"t\u00FF\"", StringComparison.Ordinal)));
        yield return Bytes("zeros", _ => new byte[1000]);
        yield return Bytes("large", json => Encoding.UTF8.GetBytes(json + new string(' ', 16 * 1024 * 1024)));
    }

    private static MalformedBundle Edit(string name, string fault, Action<JsonObject> edit) =>
        new(name, fault, bundle => bundle.EditManifest(edit));

    private static MalformedBundle Text(string name, string fault, Func<string, string> change) =>
        new($"manifest-{name}", fault, bundle =>
            File.WriteAllText(bundle.PathOf("model.json"), change(File.ReadAllText(bundle.PathOf("model.json")))));

    private static MalformedBundle Bytes(string name, Func<string, byte[]> change) =>
        new($"manifest-{name}", "model.json", bundle =>
            File.WriteAllBytes(bundle.PathOf("model.json"), change(File.ReadAllText(bundle.PathOf("model.json")))));

    private static string Slug(string key) => string.Concat(key.Where(char.IsAsciiLetter)).ToLowerInvariant();
}
