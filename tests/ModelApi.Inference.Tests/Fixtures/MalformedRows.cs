using System.Text;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Bundles with broken golden rows or documents.</summary>
internal static class MalformedRows
{
    private const string Golden = "golden.jsonl";

    public static IEnumerable<MalformedBundle> All()
    {
        yield return Row("array", "line 1 $: Must be an object", _ => "[1]");
        yield return Row("text", "line 1 $: Must be an object", _ => "\"root:x:0:0\"");
        yield return Row("no-json", "line 1: Not valid JSON", _ => "root:x:0:0:root:/root:/bin/bash");
        yield return Row("truncated", "line 1: Not valid JSON", line => line[..(line.Length / 2)]);
        yield return Row("deep", "line 1: Not valid JSON", _ => string.Concat(Enumerable.Repeat("[", 100_000)));
        yield return Row("half-surrogate", "surrogate", line =>
            line.Replace("\"label\"", "\"\\ud800\":1,\"label\"", StringComparison.Ordinal));
        yield return Edit("without-input", "line 1 $.input: Missing.", row => row.Remove("input"));
        yield return Edit("input-array", "line 1 $.input", row => row["input"] = new JsonArray());
        yield return Edit("input-null", "line 1 $.input", row => row["input"] = null);
        yield return Edit("input-without-feature", "line 1 $.input", row => row["input"]!.AsObject().Remove("mean_radius"));
        yield return Edit("input-text", "line 1 $.input", row => row["input"]!["mean_radius"] = "13");
        yield return Edit("input-unknown-feature", "line 1 $.input", row => row["input"]![new string('x', 100_000)] = 1);
        yield return Edit("without-label", "line 1 $.label: Missing.", row => row.Remove("label"));
        yield return Edit("label-unknown", "line 1 $.label", row => row["label"] = "perhaps");
        yield return Edit("label-null", "line 1 $.label", row => row["label"] = null);
        yield return Edit("label-wrong", "row 1: Expected '", row =>
            row["label"] = row["label"]!.ToString() == "benign" ? "malignant" : "benign");
        yield return Edit("without-probabilities", "line 1 $.probabilities: Missing.", row => row.Remove("probabilities"));
        yield return Edit("probabilities-array", "line 1 $.probabilities", row => row["probabilities"] = new JsonArray(0.5));
        yield return Edit("probability-missing", "line 1 $.probabilities.benign: Missing.", row =>
            row["probabilities"]!.AsObject().Remove("benign"));
        yield return Edit("probability-text", "line 1 $.probabilities.benign", row => row["probabilities"]!["benign"] = "1");
        yield return Row("probability-infinite", "line 1 $.probabilities.benign", line => Probability(line, "1e999"));
        yield return Edit("probability-wrong", "row 1: Expected 0.5 for 'benign', got ", row => row["probabilities"]!["benign"] = 0.5);
        yield return Edit("probability-negative", "line 1 $.probabilities.benign: A probability must be within 0 and 1", row =>
            row["probabilities"]!["benign"] = -1.2);
        yield return Edit("probability-twice", "a name occurs twice", row => row["label"] = "x", line =>
            line.Replace("\"label\"", "\"input\"", StringComparison.Ordinal));
        yield return File(Golden, "empty", "Holds no rows", _ => []);
        yield return File(Golden, "blank-lines", "Holds no rows", _ => "\n\n \n"u8.ToArray());
        yield return File(Golden, "invalid-utf8", "line 1: Not valid UTF-8.", content => [.. content[..20], 0xFF, .. content[20..]]);
        yield return File(Golden, "one-line", "line 1: Not valid JSON", content =>
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content).Replace('\n', ' ')));
        yield return File(Golden, "million-lines", "line 1", _ =>
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{}\n", 1_000_000))));
        yield return File(Golden, "large", "bytes; at most", _ => Encoding.UTF8.GetBytes(new string('\n', (64 * 1024 * 1024) + 1)));

        foreach (var file in new[] { "performance.json", "args.json", "reference.json" })
        {
            yield return File(file, "empty", "Not valid JSON", _ => []);
            yield return File(file, "array", "$: Must be an object", _ => "[1]"u8.ToArray());
            yield return File(file, "nan", "Not valid JSON", _ => "{\"auc\":NaN}"u8.ToArray());
            yield return File(file, "key-twice", "a name occurs twice", _ => "{\"a\":1,\"a\":2}"u8.ToArray());
            yield return File(file, "deep", "Not valid JSON", _ =>
                Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 1000))));
            yield return File(file, "invalid-utf8", "Not valid UTF-8.", _ => [.. "{\"a\":\""u8, 0xC0, 0x80, .. "\"}"u8]);
            yield return File(file, "half-surrogate", "surrogate", _ => "{\"a\":[\"\\ud800\"]}"u8.ToArray());
            yield return File(file, "half-surrogate-key", "surrogate", _ => "{\"\\uDFFF\":1}"u8.ToArray());
            yield return File(file, "large", "bytes; at most", _ => Encoding.UTF8.GetBytes(new string(' ', (4 * 1024 * 1024) + 1)));
        }
    }

    private static string Probability(string line, string value)
    {
        var at = line.IndexOf("\"benign\":", line.IndexOf("\"probabilities\"", StringComparison.Ordinal), StringComparison.Ordinal) + 9;
        return line[..at] + value + line[line.IndexOfAny([',', '}'], at)..];
    }

    private static MalformedBundle Row(string name, string fault, Func<string, string> change) => File(Golden, name, fault, content =>
    {
        var lines = Encoding.UTF8.GetString(content).Split('\n');
        lines[0] = change(lines[0]);
        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    });

    private static MalformedBundle Edit(string name, string fault, Action<JsonObject> edit, Func<string, string>? then = null) =>
        Row(name, fault, line =>
    {
        var row = JsonNode.Parse(line)!.AsObject();
        edit(row);
        return then is null ? row.ToJsonString() : then(row.ToJsonString());
    });

    private static MalformedBundle File(string file, string name, string fault, Func<byte[], byte[]> change) =>
        new($"{Path.GetFileNameWithoutExtension(file)}-{name}", fault, bundle =>
            bundle.Write(file, change(System.IO.File.ReadAllBytes(bundle.PathOf(file)))));
}
