using System.Text.Json.Nodes;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Bundles;

public sealed class BundleReaderTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task The_bank_bundle_is_read_with_its_signature()
    {
        var bundle = await ReadAsync(Repository.Bank);

        var signature = bundle.Manifest.Signature;
        Assert.Equal(
            ["age", "job", "marital", "education", "balance", "housing", "duration", "campaign"],
            signature.Features.Select(feature => feature.Name));
        Assert.Equal(["no", "yes"], signature.Classes!.Names);
        Assert.Equal(UnknownCategory.EncodeAsMissing, signature.UnknownCategory);
        Assert.Equal(
            (FeatureType.Integer, 18, 95),
            (signature.Features[0].Type, signature.Features[0].Minimum, signature.Features[0].Maximum));
        Assert.Equal(["divorced", "married", "single"], signature.Features[2].Categories!.Names);
        Assert.Equal(["encoder.onnx", "model.onnx"], bundle.Steps.Select(step => step.Graph.File));
        Assert.Equal(200, bundle.Golden.Features.Rows);
    }

    [Theory]
    [InlineData("name", "\"Bank\"", "$.name", "lower-case")]
    [InlineData("name", "\"other\"", "$.name", "like the model's folder")]
    [InlineData("version", "1", "$.version", "a string, not a number")]
    [InlineData("version", "\"2\"", "$.version", "like the bundle's folder")]
    [InlineData("description", "\"\"", "$.description", "1 to 10000 characters")]
    [InlineData("task", "\"cluster\"", "$.task", "'classification', 'regression'")]
    [InlineData("classes", "[\"no\"]", "$.classes", "2 to")]
    [InlineData("classes", "[\"no\",\"no\"]", "$.classes[1]", "twice")]
    [InlineData("classes", "[\"no\",\"yes\",\"maybe\"]", "$.outputs.probabilities", "3 columns")]
    [InlineData("classes", "[0,1]", "$.outputs.label", "tensor(int64)")]
    [InlineData("unknownCategory", "\"ignore\"", "$.unknownCategory", "'reject'")]
    [InlineData("instancesKey", "\"age\"", "$.features", "name another instancesKey")]
    [InlineData("features", "[]", "$.features", "1 to")]
    [InlineData("graphs", "[{\"file\":\"../encoder.onnx\"}]", "$.graphs[0].file", "without a path")]
    [InlineData("graphs", "[{\"file\":\"other.onnx\"}]", "$.graphs[0].file", "listed in 'files'")]
    [InlineData(
        "graphs", "[{\"file\":\"model.onnx\"}]", "$.graphs[0].inputs.features",
        "No feature and no earlier output is called 'features'")]
    [InlineData(
        "graphs",
        "[{\"file\":\"encoder.onnx\"},{\"file\":\"model.onnx\",\"inputs\":{\"featurs\":\"encoded\"}}]",
        "$.graphs[1].inputs.featurs",
        "no input 'featurs'")]
    [InlineData("outputs", "{\"label\":\"label\",\"probabilities\":\"probs\"}", "$.outputs.probabilities", "'probabilities'")]
    [InlineData("outputs", "{\"label\":\"probabilities\",\"probabilities\":\"label\"}", "$.outputs.label", "tensor(string)")]
    [InlineData("batching", "7", "$.batching", "an object")]
    [InlineData("batching", "{\"maxrows\":1}", "$.batching.maxrows", "did you mean 'maxRows'?")]
    [InlineData("batching", "{\"mode\":\"maybe\"}", "$.batching.mode", "'auto', 'on', 'off'")]
    [InlineData("batching", "{\"maxRows\":0}", "$.batching.maxRows", "from 1 to 4096")]
    [InlineData("batching", "{\"maxDelayMilliseconds\":-1}", "$.batching.maxDelayMilliseconds", "from 0 to 1000")]
    [InlineData("files", "{\"/etc/passwd\":\"00\"}", "$.files['/etc/passwd']", "without a path")]
    [InlineData("files", "{}", "$.files", "golden.jsonl")]
    public async Task A_wrong_value_is_named_by_file_and_path(string key, string value, string path, string message)
    {
        var bundle = _models.AddBank();
        bundle.EditManifest(manifest => manifest[key] = JsonNode.Parse(value));

        var faults = await FaultsAsync(bundle.Folder);

        Assert.Contains(faults, fault =>
            fault.File == "model.json" && fault.Path == path && fault.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("version")]
    [InlineData("description")]
    [InlineData("task")]
    [InlineData("target")]
    [InlineData("classes")]
    [InlineData("unknownCategory")]
    [InlineData("features")]
    [InlineData("graphs")]
    [InlineData("outputs")]
    [InlineData("files")]
    public async Task A_missing_key_is_named(string key)
    {
        var bundle = _models.AddBank();
        bundle.EditManifest(manifest => manifest.Remove(key));

        var faults = await FaultsAsync(bundle.Folder);

        Assert.Contains(new BundleFault("model.json", $"$.{key}", "Missing."), faults);
    }

    [Theory]
    [InlineData("type", "\"int\"", "$.features[0].type", "'integer'")]
    [InlineData("nullable", "\"no\"", "$.features[0].nullable", "true or false")]
    [InlineData("categories", "[\"a\"]", "$.features[0].categories", "type 'string'")]
    [InlineData("minimum", "100", "$.features[0].minimum", "greater than maximum")]
    [InlineData("minimum", "1e999", "$.features[0].minimum", "64-bit float")]
    [InlineData("minimumLength", "1", "$.features[0].minimumLength", "type 'string'")]
    [InlineData("maximumLength", "1", "$.features[0].maximumLength", "type 'string'")]
    [InlineData("example", "\"41\"", "$.features[0].example", "Must be an integer, not a string.")]
    [InlineData("example", "null", "$.features[0].example", "not null")]
    [InlineData("example", "17", "$.features[0].example", "Below 18")]
    [InlineData("nullabel", "true", "$.features[0].nullabel", "did you mean 'nullable'?")]
    [InlineData("name", "\"job\"", "$.features[1]", "twice")]
    public async Task A_wrong_feature_is_named_by_file_and_path(string key, string value, string path, string message)
    {
        var bundle = _models.AddBank();
        bundle.EditManifest(manifest => manifest["features"]![0]![key] = JsonNode.Parse(value));

        var faults = await FaultsAsync(bundle.Folder);

        Assert.Contains(faults, fault => fault.Path == path && fault.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_faults_are_reported_at_once()
    {
        var bundle = _models.AddBank();
        bundle.EditManifest(manifest =>
        {
            manifest["task"] = "cluster";
            manifest["features"]![0]!["type"] = "int";
            manifest["extra"] = 1;
        });
        File.AppendAllText(bundle.PathOf("model.onnx"), "x");
        File.Delete(bundle.PathOf("args.json"));
        File.WriteAllText(bundle.PathOf("notes.txt"), "");

        var faults = await FaultsAsync(bundle.Folder);

        Assert.Superset(
            new HashSet<string>
            {
                "model.json $.extra", "model.json $.features[0].type", "model.json $.task", "args.json ", "model.onnx ", "notes.txt ",
            },
            faults.Select(fault => $"{fault.File} {fault.Path}").ToHashSet());
    }

    [Fact]
    public async Task A_changed_file_is_refused()
    {
        var bundle = _models.AddBank();
        var content = File.ReadAllBytes(bundle.PathOf("model.onnx"));
        content[^1000] ^= 1;
        File.WriteAllBytes(bundle.PathOf("model.onnx"), content);

        var faults = await FaultsAsync(bundle.Folder);

        Assert.Contains(faults, fault => fault.File == "model.onnx" && fault.Message.Contains("SHA-256", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}")]
    [InlineData("\u0000")]
    public async Task A_manifest_that_is_no_JSON_object_is_refused(string content)
    {
        var bundle = _models.AddBank();
        File.WriteAllText(bundle.PathOf("model.json"), content);

        var faults = await FaultsAsync(bundle.Folder);

        // The other files are not called unlisted by a list that could not be read.
        Assert.All(faults, fault => Assert.Equal("model.json", fault.File));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public async Task A_folder_without_a_manifest_is_refused()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_models.Root, "empty", "1")).FullName;

        var faults = await FaultsAsync(folder);

        Assert.Equal(new BundleFault("model.json", "", "The file is missing."), Assert.Single(faults));
    }

    [Fact]
    public async Task A_folder_that_is_not_named_by_a_version_is_refused()
    {
        var bundle = _models.AddBank();
        var folder = Path.Combine(_models.Root, "bank", "v1");
        Directory.Move(bundle.Folder, folder);

        var faults = await FaultsAsync(folder);

        Assert.Contains("'v1'; it must be the version", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("this is no ONNX file")]
    [InlineData("")]
    public async Task A_file_that_is_no_graph_is_refused(string content)
    {
        var bundle = _models.AddBank();
        bundle.Write("model.onnx", content);

        var faults = await FaultsAsync(bundle.Folder);

        Assert.Contains(faults, fault =>
            fault.File == "model.onnx" && fault.Message.StartsWith("Not a valid ONNX file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_over_the_bounds_are_not_read()
    {
        var limits = new BundleLimits { MaxFileBytes = 1_000_000, MaxManifestBytes = 100_000 };

        var faults = (await Assert.ThrowsAsync<BundleException>(() => new BundleReader(limits).ReadAsync(Repository.Bank, default))).Faults;

        Assert.Contains(faults, fault => fault.File == "model.onnx" && fault.Message.Contains("; at most 99", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"input\":{\"age\":30},\"label\":\"no\",\"probabilities\":{\"no\":1,\"yes\":0}}", "line 1 $.input")]
    [InlineData("{\"label\":\"no\"}", "line 1 $.input")]
    [InlineData("{\"input\":{},\"label\":\"perhaps\",\"probabilities\":{\"no\":1,\"yes\":0}}", "line 1 $.label")]
    [InlineData("{\"input\":{},\"label\":\"no\",\"probabilities\":{\"no\":1}}", "line 1 $.probabilities.yes")]
    [InlineData("[1]", "line 1 $")]
    [InlineData("{\"input\":", "line 1")]
    [InlineData("\n\n", "")]
    public async Task Golden_rows_that_cannot_be_read_are_named_by_line(string content, string path)
    {
        var bundle = _models.AddBank();
        bundle.Write("golden.jsonl", content);

        var faults = await FaultsAsync(bundle.Folder);

        Assert.Contains(faults, fault => fault.File == "golden.jsonl" && fault.Path == path);
    }

    [Fact]
    public async Task What_a_bundle_tells_of_its_model_is_kept()
    {
        var bundle = await ReadAsync(Repository.Bank);

        Assert.Equal(9043, bundle.Performance!.Value.GetProperty("overall").GetProperty("n").GetInt32());
        Assert.Equal(100, bundle.Arguments!.Value.GetProperty("n_estimators").GetInt32());
    }

    [Fact]
    public async Task A_bundle_need_not_tell_anything_of_its_model()
    {
        var temporary = _models.AddBank();
        temporary.Remove("performance.json");
        temporary.Remove("args.json");

        var bundle = await ReadAsync(temporary.Folder);

        Assert.Null(bundle.Performance);
        Assert.Null(bundle.Arguments);
    }

    [Theory]
    [InlineData("performance.json", "{\"overall\":", "", "Not valid JSON")]
    [InlineData("performance.json", "{\"auc\":NaN}", "", "Not valid JSON")]
    [InlineData("performance.json", "[1]", "$", "Must be an object.")]
    [InlineData("args.json", "", "", "Not valid JSON")]
    [InlineData("args.json", "{\"seed\":1,\"seed\":2}", "", "Not valid JSON")]
    public async Task What_a_bundle_tells_of_its_model_must_be_a_JSON_object(string file, string content, string path, string message)
    {
        var bundle = _models.AddBank();
        bundle.Write(file, content);

        var fault = Assert.Single(await FaultsAsync(bundle.Folder));

        Assert.Equal((file, path), (fault.File, fault.Path));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_bundle_tells_of_its_model_is_bounded()
    {
        var limits = new BundleLimits { MaxDocumentBytes = 1000 };

        var faults = (await Assert.ThrowsAsync<BundleException>(() => new BundleReader(limits).ReadAsync(Repository.Bank, default))).Faults;

        Assert.Equal(["performance.json", "reference.json"], faults.Select(fault => fault.File));
        Assert.All(faults, fault => Assert.Contains("at most 1000 are read", fault.Message, StringComparison.Ordinal));
    }

    private static Task<Bundle> ReadAsync(string folder) => new BundleReader().ReadAsync(folder, CancellationToken.None);

    private static async Task<IReadOnlyList<BundleFault>> FaultsAsync(string folder) =>
        (await Assert.ThrowsAsync<BundleException>(() => ReadAsync(folder))).Faults;
}
