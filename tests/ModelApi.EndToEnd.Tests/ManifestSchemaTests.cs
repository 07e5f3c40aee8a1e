using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.EndToEnd.Tests.Fixtures;
using ModelApi.Inference.Bundles;

namespace ModelApi.EndToEnd.Tests;

/// <summary>models/model.schema.json and the manifest reader refuse the same manifests.</summary>
public sealed class ManifestSchemaTests
{
    /// <summary>JSON pointers into the bank manifest and their new values; "-" removes the key.</summary>
    private static readonly (string Pointer, string Value)[] Changes =
    [
        ("$schema", "7"), ("name", "\"Bank\""), ("name", "7"), ("name", "-"), ("version", "\"0\""), ("version", "1"), ("version", "-"),
        ("description", "\"\""), ("description", "-"), ("task", "\"other\""), ("task", "\"regression\""), ("task", "-"),
        ("target", "\"y\""), ("target", "{}"), ("target", "{\"name\":\"\"}"), ("target", "{\"name\":\"y\",\"more\":1}"), ("target", "-"),
        ("classes", "[\"no\"]"), ("classes", "[\"no\",1]"), ("classes", "[\"no\",\"no\"]"), ("classes", "[1,1]"),
        ("classes", "[true,1]"), ("classes", "[true,true]"), ("classes", "{}"), ("classes", "-"),
        ("targets", "[\"a\",\"b\"]"), ("task", "\"multilabel\""), ("task", "\"ranking\""), ("task", "\"outlier-detection\""),
        ("tolerance", "0"), ("tolerance", "0.0011"), ("tolerance", "0.001"), ("tolerance", "\"1\""), ("toleranceReason", "7"),
        ("instancesKey", "\"\""), ("instancesKey", "1"), ("unknownCategory", "\"ignore\""), ("unknownCategory", "-"),
        ("features", "[]"), ("features", "{}"), ("features", "-"), ("extra", "1"),
        ("features/0/name", "\"\""), ("features/0/name", "-"), ("features/0/type", "\"int\""), ("features/0/type", "-"),
        ("features/0/nullable", "1"),
        ("features/0/categories", "[\"a\"]"), ("features/0/minimum", "\"1\""), ("features/0/maximum", "null"),
        ("features/0/minimumLength", "1"), ("features/0/maximumLength", "1"),
        ("features/0/description", "\"\""), ("features/0/example", "-"), ("features/0/example", "\"41\""),
        ("features/0/example", "1.5"), ("features/0/more", "1"),
        ("features/1/categories", "[]"), ("features/1/categories", "[\"a\",\"a\"]"), ("features/1/categories", "[1]"),
        ("features/1/minimum", "1"),
        ("features/1/minimumLength", "-1"), ("features/1/minimumLength", "1.5"),
        ("features/1/maximumLength", "0"), ("features/1/maximumLength", "1000000001"), ("features/1/example", "7"),
        ("graphs", "[]"), ("graphs", "[{}]"), ("graphs", "-"),
        ("graphs/0/file", "\"../encoder.onnx\""), ("graphs/0/file", "7"), ("graphs/0/more", "1"),
        ("graphs/1/inputs", "[]"), ("graphs/1/inputs/features", "7"), ("graphs/1/inputs/features", "[]"),
        ("graphs/1/inputs/features", "\"\""),
        ("outputs", "{}"), ("outputs", "-"), ("outputs/label", "7"), ("outputs/more", "\"x\""), ("outputs/scores", "\"x\""),
        ("outputs/others", "[1]"), ("outputs/others", "\"label\""), ("outputs/others", "[\"label\",\"label\"]"),
        ("batching", "[]"), ("batching", "{\"more\":1}"), ("batching", "{\"mode\":\"yes\"}"), ("batching", "{\"mode\":true}"),
        ("batching", "{\"maxRows\":0}"), ("batching", "{\"maxRows\":1.5}"),
        ("batching", "{\"maxRows\":4097}"), ("batching", "{\"maxRows\":\"32\"}"),
        ("batching", "{\"maxDelayMilliseconds\":-1}"), ("batching", "{\"maxDelayMilliseconds\":1001}"),
        ("batching", "{\"maxDelayMilliseconds\":\"2\"}"),
        ("batching", "{\"maxQueuedRows\":0}"), ("batching", "{\"maxQueuedRows\":1000001}"),
        ("files", "{}"), ("files", "-"), ("files/encoder.onnx", "\"00\""), ("files/encoder.onnx", "7"),
        ("files/model.json", "\"" + Zeros + "\""), ("files/a~1b", "\"" + Zeros + "\""),
    ];

    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";

    [ToolFact("node", Tool.NpmPackages)]
    public async Task The_shipped_bundles_pass_the_schema()
    {
        var manifests = Directory.EnumerateFiles(Repository.Models, "model.json", SearchOption.AllDirectories)
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!)
            .ToList();

        Assert.NotEmpty(manifests);
        Assert.All(await ValidateAsync(manifests), Assert.True);
    }

    [ToolFact("node", Tool.NpmPackages)]
    public async Task The_schema_and_the_reader_refuse_the_same_changes()
    {
        var original = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Bank, "model.json")))!;
        var changed = Changes.Select(change => Change(original, change.Pointer, change.Value)).ToList();

        var bySchema = await ValidateAsync(changed);

        for (var i = 0; i < changed.Count; i++)
        {
            var byReader = await IsAcceptedAsync(changed[i]);
            Assert.True((bySchema[i], byReader) == (false, false), $"{Changes[i]}: accepted by schema {bySchema[i]}, by reader {byReader}");
        }

        Assert.True(await IsAcceptedAsync(original));
    }

    [ToolFact("node", Tool.NpmPackages)]
    public async Task The_schema_knows_every_key_that_the_reader_knows()
    {
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Bank, "model.json")))!;
        manifest["instancesKey"] = "rows";
        manifest["batching"] = JsonNode.Parse("""{"mode":"on","maxRows":4096,"maxDelayMilliseconds":0.5,"maxQueuedRows":1000000}""");
        manifest["tolerance"] = 0.0001;
        manifest["toleranceReason"] = "Sums of many numbers.";
        manifest["outputs"]!["others"] = new JsonArray("label");
        manifest["features"]![0]!["nullable"] = false;
        manifest["features"]![1]!["minimumLength"] = 1;
        manifest["features"]![1]!["maximumLength"] = 1_000_000_000;

        Assert.True(Assert.Single(await ValidateAsync([manifest])));
        Assert.True(await IsAcceptedAsync(manifest));
    }

    [ToolFact("node", Tool.NpmPackages)]
    public async Task The_schema_takes_the_manifests_of_every_kind_of_answer()
    {
        using var models = new TemporaryModels();
        var manifests = CaseModels.Manifests.Keys
            .Select(name => JsonNode.Parse(File.ReadAllText(models.AddCase(name).PathOf("model.json")))!)
            .ToList();

        Assert.All(
            (await ValidateAsync(manifests)).Zip(manifests), pair => Assert.True(pair.First, pair.Second["name"]!.ToJsonString()));
    }

    private static JsonNode Change(JsonNode original, string pointer, string value)
    {
        var changed = original.DeepClone();
        var steps = pointer.Split('/').Select(step => step.Replace("~1", "/", StringComparison.Ordinal)).ToArray();
        var node = changed;
        foreach (var step in steps[..^1])
        {
            node = int.TryParse(step, out var index) ? node[index]! : node[step]!;
        }

        if (value == "-")
        {
            node.AsObject().Remove(steps[^1]);
        }
        else
        {
            node[steps[^1]] = JsonNode.Parse(value);
        }

        return changed;
    }

    private static async Task<bool> IsAcceptedAsync(JsonNode manifest)
    {
        using var models = new TemporaryModels();
        var bundle = models.AddBank();
        await File.WriteAllTextAsync(bundle.PathOf("model.json"), manifest.ToJsonString());
        try
        {
            await new BundleReader().ReadAsync(bundle.Folder, CancellationToken.None);
            return true;
        }
        catch (BundleException exception)
        {
            // Only faults of model.json count, not those of files that the changed list leaves out.
            return exception.Faults.All(fault => fault.File != "model.json");
        }
    }

    private static async Task<IReadOnlyList<bool>> ValidateAsync(IEnumerable<JsonNode> manifests)
    {
        var values = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(values, manifests.Select(manifest => JsonSerializer.Serialize(manifest)));
            var (exitCode, output) = await Tool.RunAsync(
                "node", "validate.mjs", Path.Combine(Repository.Models, "model.schema.json"), values);
            Assert.True(exitCode == 0, output);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line == "true")];
        }
        finally
        {
            File.Delete(values);
        }
    }
}
