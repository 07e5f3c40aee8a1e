using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Registry;

public sealed class ModelRegistryTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task A_bad_bundle_fails_alone()
    {
        _models.AddBank("good");
        File.Delete(_models.AddBank("bad").PathOf("encoder.onnx"));
        Directory.CreateDirectory(Path.Combine(_models.Root, "empty", "1"));

        using var registry = await LoadAsync();

        Assert.Equal(["bad", "empty", "good"], registry.Models.Select(model => model.Name));
        Assert.Equal(VersionState.Ready, registry.Find("good")!.Production!.State);
        var bad = Assert.Single(registry.Find("bad")!.Versions);
        Assert.Equal(VersionState.Failed, bad.State);
        Assert.Equal(new BundleFault("encoder.onnx", "", "The file is missing."), Assert.Single(bad.Faults));
        Assert.Null(registry.Find("bad")!.Production);
    }

    [Fact]
    public async Task The_newest_version_that_is_ready_is_in_production()
    {
        _models.AddBank(version: "9");
        _models.AddBank(version: "10");
        File.Delete(_models.AddBank(version: "11").PathOf("model.json"));

        using var registry = await LoadAsync();

        var bank = registry.Find("bank")!;
        Assert.Equal(["9", "10", "11"], bank.Versions.Select(version => version.Version));
        Assert.Equal("10", bank.Production!.Version);
        Assert.Equal([Stage.None, Stage.Production, Stage.None], bank.Versions.Select(bank.StageOf));
    }

    [Theory]
    [InlineData("\"label\": \"no\"", "\"label\": \"yes\"", "gave 'no' where the trainer gave 'yes'")]
    [InlineData("\"no\": 0.971773555425631", "\"no\": 0.971776", "differs from the trainer's by")]
    public async Task A_version_that_does_not_reproduce_its_golden_rows_is_never_ready(string trainers, string spoilt, string message)
    {
        var bundle = _models.AddBank();
        var first = File.ReadLines(bundle.PathOf("golden.jsonl")).First();
        Assert.Contains(trainers, first, StringComparison.Ordinal);
        bundle.Write("golden.jsonl", first.Replace(trainers, spoilt, StringComparison.Ordinal) + "\n");

        using var registry = await LoadAsync();

        var version = Assert.Single(registry.Find("bank")!.Versions);
        Assert.Equal(VersionState.Failed, version.State);
        Assert.Contains(version.Faults, fault => fault is { File: "golden.jsonl", Path: "row 1" } && fault.Message.Contains(message, StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(version.Rent);
    }

    [Fact]
    public async Task A_graph_that_ONNX_Runtime_refuses_fails_its_version()
    {
        var bundle = _models.AddBank();
        bundle.Write("encoder.onnx", Onnx.WithUnknownOperator(File.ReadAllBytes(bundle.PathOf("encoder.onnx"))));

        using var registry = await LoadAsync();

        var fault = Assert.Single(Assert.Single(registry.Find("bank")!.Versions).Faults);
        Assert.Equal("encoder.onnx", fault.File);
        Assert.StartsWith("ONNX Runtime cannot load it:", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_that_does_not_exist_is_said()
    {
        using var registry = new ModelRegistry(Path.Combine(_models.Root, "nowhere"), "bank", Loader);

        await registry.LoadAsync(CancellationToken.None);

        Assert.True(registry.IsLoaded);
        Assert.Empty(registry.Models);
        Assert.Contains("does not exist", registry.RootFault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_returned_workspace_holds_nothing_of_the_request_before()
    {
        _models.AddBank();
        using var registry = await LoadAsync();
        var version = registry.Find("bank")!.Production!;
        var workspace = version.Rent();
        version.Reader!.Read("""{"job":"secret","x":1}"""u8, workspace.Features, workspace.Findings);
        version.Return(workspace);

        var next = version.Rent();

        Assert.Same(workspace, next);
        Assert.Equal(0, next.Features.Rows);
        Assert.Empty(next.Findings.Errors);
        Assert.Empty(next.Findings.Warnings);
        next.Features.AddRow();
        Assert.Null(next.Features.Texts(1)[0]);
    }

    [Fact]
    public async Task A_scorer_is_freed_only_after_the_last_request_has_returned()
    {
        _models.AddBank();
        ScorerSpy? spy = null;
        var registry = new ModelRegistry(_models.Root, "bank", new VersionLoader(
            new BundleReader(), bundle => new SelectedScorer(spy = new ScorerSpy(new OnnxRuntimeScorer(bundle)), ""), new ReadLimits()));
        await registry.LoadAsync(CancellationToken.None);
        var version = registry.Find("bank")!.Production!;
        var workspace = version.Rent();

        registry.Dispose();
        var whileRented = spy!.IsDisposed;
        version.Return(workspace);

        Assert.False(whileRented);
        Assert.True(spy.IsDisposed);
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("off", false)]
    public async Task A_manifest_says_whether_rows_of_several_callers_are_joined(string mode, bool isOn)
    {
        _models.AddBank().EditManifest(manifest => manifest["batching"] = new System.Text.Json.Nodes.JsonObject { ["mode"] = mode, ["maxRows"] = 7 });
        using var registry = await LoadAsync();
        var version = registry.Find("bank")!.Production!;
        var golden = Golden.Read(Repository.Bank)[0];
        var workspace = version.Rent();
        version.Reader!.Read(System.Text.Encoding.UTF8.GetBytes(golden.Input), workspace.Features, workspace.Findings);

        await version.ScoreAsync(workspace.Features, workspace.Predictions, CancellationToken.None);

        Assert.Equal(isOn, version.Batcher is not null);
        Assert.Equal(isOn ? 7 : null, version.Batching!.Policy?.MaxRows);
        Assert.Equal(golden.Label, version.Manifest!.Signature.Classes!.Names[workspace.Predictions.Labels[0]]);
        version.Return(workspace);
    }

    private sealed class ScorerSpy(OnnxRuntimeScorer scorer) : IScorer
    {
        public bool IsDisposed { get; private set; }

        public string Engine => scorer.Engine;

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken) =>
            scorer.Score(features, predictions, cancellationToken);

        public void Dispose()
        {
            scorer.Dispose();
            IsDisposed = true;
        }
    }

    private static VersionLoader Loader { get; } = new(new BundleReader(), bundle => new SelectedScorer(new OnnxRuntimeScorer(bundle), ""), new ReadLimits());

    private async Task<ModelRegistry> LoadAsync()
    {
        var registry = new ModelRegistry(_models.Root, "bank", Loader);
        await registry.LoadAsync(CancellationToken.None);
        return registry;
    }
}
