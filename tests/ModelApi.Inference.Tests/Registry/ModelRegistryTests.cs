using System.Collections.Concurrent;
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

        Assert.Equal(["bad", "empty", "good"], registry.Snapshot.Models.Select(model => model.Name));
        Assert.Equal(VersionState.Ready, registry.Snapshot.Find("good")!.Production!.State);
        var bad = Assert.Single(registry.Snapshot.Find("bad")!.Versions);
        Assert.Equal(VersionState.Failed, bad.State);
        Assert.Equal(new BundleFault("encoder.onnx", "", "The file is missing."), Assert.Single(bad.Faults));
        Assert.Null(registry.Snapshot.Find("bad")!.Production);
    }

    [Fact]
    public async Task The_newest_version_that_is_ready_is_in_production()
    {
        _models.AddBank(version: "9");
        _models.AddBank(version: "10");
        File.Delete(_models.AddBank(version: "11").PathOf("model.json"));

        using var registry = await LoadAsync();

        var bank = registry.Snapshot.Find("bank")!;
        Assert.Equal(["9", "10", "11"], bank.Versions.Select(version => version.Version));
        Assert.Equal("10", bank.Production!.Version);
        Assert.Equal([Stage.None, Stage.Production, Stage.None], bank.Versions.Select(bank.StageOf));
    }

    [Fact]
    public async Task A_model_is_served_as_soon_as_it_is_ready_and_not_when_the_slowest_is()
    {
        _models.AddBank("fast");
        _models.AddBank("slow");
        using var gate = new Gate("slow 1");
        using var registry = new ModelRegistry(_models.Root, "fast", gate.Loader);

        var loading = Task.Run(() => registry.LoadAsync(CancellationToken.None));
        await Gate.WaitForLoadedAsync(registry, 1);

        var during = registry.Snapshot;
        Assert.True(during is { IsScanned: true, IsLoaded: false });
        Assert.Equal(VersionState.Ready, during.Find("fast")!.Production!.State);
        var slow = during.Find("slow")!;
        Assert.True(slow is { Production: null, IsLoading: true });
        Assert.Equal(VersionState.Loading, Assert.Single(slow.Versions).State);
        Assert.Null(slow.Versions[0].TryRent());
        gate.Open();
        await loading;
        Assert.True(registry.Snapshot.IsLoaded);
        Assert.True(registry.Snapshot.Find("slow") is { Production.State: VersionState.Ready, IsLoading: false });
        Assert.True(during is { IsLoaded: false }, "A snapshot does not change.");
        Assert.Same(during.Find("fast"), registry.Snapshot.Find("fast"));
    }

    [Fact]
    public async Task The_default_model_is_loaded_before_larger_ones()
    {
        foreach (var name in (string[])["a", "b", "c"])
        {
            _models.AddBank(name);
            await File.WriteAllBytesAsync(Path.Combine(_models.Root, name, "1", ".padding"), new byte["cba".IndexOf(name[0]) * 1000]);
        }

        var loaded = new ConcurrentQueue<string>();
        using var gate = new Gate("none");
        using var registry = new ModelRegistry(_models.Root, "c", gate.Loader) { HeadStart = TimeSpan.FromMinutes(5) };
        registry.VersionLoaded += version => loaded.Enqueue(version.Model);
        await registry.LoadAsync(CancellationToken.None);

        Assert.Equal(3, loaded.Count);
        Assert.Equal("c", loaded.First());
    }

    [Fact]
    public async Task A_default_model_that_takes_long_does_not_hold_up_the_others()
    {
        _models.AddBank("fast");
        _models.AddBank("slow");
        using var gate = new Gate("slow 1");
        using var registry = new ModelRegistry(_models.Root, "slow", gate.Loader);

        var loading = Task.Run(() => registry.LoadAsync(CancellationToken.None));
        await Gate.WaitForLoadedAsync(registry, 1);

        Assert.NotNull(registry.Snapshot.Find("fast")!.Production);
        Assert.Null(registry.Snapshot.Find("slow")!.Production);
        gate.Open();
        await loading;
        Assert.NotNull(registry.Snapshot.Find("slow")!.Production);
    }

    [Fact]
    public async Task An_older_version_serves_while_a_newer_one_is_loading()
    {
        _models.AddBank(version: "1");
        _models.AddBank(version: "2");
        using var gate = new Gate("bank 2");
        using var registry = new ModelRegistry(_models.Root, "bank", gate.Loader);

        var loading = Task.Run(() => registry.LoadAsync(CancellationToken.None));
        await Gate.WaitForLoadedAsync(registry, 1);

        var bank = registry.Snapshot.Find("bank")!;
        Assert.Equal([VersionState.Ready, VersionState.Loading], bank.Versions.Select(version => version.State));
        Assert.True(bank is { Production.Version: "1", IsLoading: false });
        gate.Open();
        await loading;
        Assert.Equal("2", registry.Snapshot.Find("bank")!.Production!.Version);
    }

    [Fact]
    public async Task Each_publication_raises_the_revision_by_one_and_is_told_once_it_can_be_seen()
    {
        _models.AddBank("a");
        _models.AddBank("b");
        File.Delete(_models.AddBank("c").PathOf("model.json"));
        using var registry = new ModelRegistry(_models.Root, "a", Loader);
        var told = new ConcurrentBag<(string Model, bool IsSeen)>();
        registry.VersionLoaded += version =>
            told.Add((version.Model, ReferenceEquals(version, registry.Snapshot.Find(version.Model)!.Find(version.Version))));

        Assert.True(registry.Snapshot is { Revision: 0, IsScanned: false, IsLoaded: false });
        await registry.LoadAsync(CancellationToken.None);

        Assert.Equal(1 + 3, registry.Snapshot.Revision);
        Assert.Equal([("a", true), ("b", true), ("c", true)], told.Order());
    }

    [Fact]
    public async Task A_registry_that_is_disposed_of_lets_nobody_find_a_version_and_drops_what_is_still_loading()
    {
        _models.AddBank("fast");
        _models.AddBank("slow");
        using var gate = new Gate("slow 1");
        var registry = new ModelRegistry(_models.Root, "fast", gate.Loader);
        var loading = Task.Run(() => registry.LoadAsync(CancellationToken.None));
        await Gate.WaitForLoadedAsync(registry, 1);
        var fast = registry.Snapshot.Find("fast")!.Production!;

        registry.Dispose();
        registry.Dispose();
        gate.Open();
        await loading;

        Assert.Empty(registry.Snapshot.Models);
        Assert.False(fast.TryLease());
        Assert.Equal(["fast 1", "slow 1"], gate.Freed.Order());
    }

    [Fact]
    public async Task The_golden_rows_are_scored_once_for_each_scorer()
    {
        _models.AddBank();
        using var gate = new Gate();
        using var registry = new ModelRegistry(_models.Root, "bank", gate.Loader);

        await registry.LoadAsync(CancellationToken.None);

        var version = registry.Snapshot.Find("bank")!.Production!;
        Assert.Equal(200, version.Golden!.Rows);
        Assert.Same(version.Selected!.Golden, version.Golden);
        Assert.Equal(1, gate.CallsWith(rows: 200));
    }

    [Theory]
    [InlineData("\"label\": \"no\"", "\"label\": \"yes\"", "Expected 'yes', got 'no'.")]
    [InlineData("\"no\": 0.971773555425631", "\"no\": 0.97179", "Expected 0.97179 for 'no', got 0.9717736.")]
    public async Task A_version_that_does_not_reproduce_its_golden_rows_is_never_ready(string trainers, string spoilt, string message)
    {
        var bundle = _models.AddBank();
        var first = File.ReadLines(bundle.PathOf("golden.jsonl")).First();
        Assert.Contains(trainers, first, StringComparison.Ordinal);
        bundle.Write("golden.jsonl", first.Replace(trainers, spoilt, StringComparison.Ordinal) + "\n");

        using var registry = await LoadAsync();

        var version = Assert.Single(registry.Snapshot.Find("bank")!.Versions);
        Assert.Equal(VersionState.Failed, version.State);
        Assert.Contains(version.Faults, fault =>
            fault is { File: "golden.jsonl", Path: "row 1" } && fault.Message.Contains(message, StringComparison.Ordinal));
        Assert.Null(version.TryRent());
    }

    [Fact]
    public async Task A_graph_that_ONNX_Runtime_refuses_fails_its_version()
    {
        var bundle = _models.AddBank();
        bundle.Write("encoder.onnx", Onnx.WithUnknownOperator(File.ReadAllBytes(bundle.PathOf("encoder.onnx"))));

        using var registry = await LoadAsync();

        var fault = Assert.Single(Assert.Single(registry.Snapshot.Find("bank")!.Versions).Faults);
        Assert.Equal("encoder.onnx", fault.File);
        Assert.StartsWith("ONNX Runtime cannot load it:", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_that_does_not_exist_is_said()
    {
        using var registry = new ModelRegistry(Path.Combine(_models.Root, "nowhere"), "bank", Loader);

        await registry.LoadAsync(CancellationToken.None);

        Assert.True(registry.Snapshot is { IsScanned: true, IsLoaded: true });
        Assert.Empty(registry.Snapshot.Models);
        Assert.Contains("does not exist", registry.Snapshot.RootFault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_returned_workspace_holds_nothing_of_the_request_before()
    {
        _models.AddBank();
        using var registry = await LoadAsync();
        var version = registry.Snapshot.Find("bank")!.Production!;
        var workspace = version.TryRent()!;
        version.Reader!.Read("""{"job":"secret","x":1}"""u8, workspace.Features, workspace.Findings);
        version.Return(workspace);

        var next = version.TryRent()!;

        Assert.Same(workspace, next);
        Assert.Equal(0, next.Features.Rows);
        Assert.Empty(next.Findings.Errors);
        Assert.Empty(next.Findings.Warnings);
        next.Features.AddRow();
        Assert.Null(next.Features.Texts(1)[0]);
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("off", false)]
    public async Task A_manifest_says_whether_rows_of_several_callers_are_joined(string mode, bool isOn)
    {
        _models.AddBank().EditManifest(manifest =>
            manifest["batching"] = new System.Text.Json.Nodes.JsonObject { ["mode"] = mode, ["maxRows"] = 7 });
        using var registry = await LoadAsync();
        var version = registry.Snapshot.Find("bank")!.Production!;
        var golden = Golden.Read(Repository.Bank)[0];
        var workspace = version.TryRent()!;
        version.Reader!.Read(System.Text.Encoding.UTF8.GetBytes(golden.Input), workspace.Features, workspace.Findings);

        await version.ScoreAsync(workspace.Features, workspace.Predictions, CancellationToken.None);

        Assert.Equal(isOn, version.Batcher is not null);
        Assert.Equal(isOn ? 7 : null, version.Batching!.Policy?.MaxRows);
        Assert.Equal(golden.Label, version.Manifest!.Signature.Classes!.Names[workspace.Predictions.Labels[0]]);
        version.Return(workspace);
    }

    private static VersionLoader Loader { get; } = new(
        new BundleReader(),
        (bundle, cancellation) => SelectedScorer.Create(new OnnxRuntimeScorer(bundle), bundle, "", cancellation),
        new ReadLimits());

    private async Task<ModelRegistry> LoadAsync()
    {
        var registry = new ModelRegistry(_models.Root, "bank", Loader);
        await registry.LoadAsync(CancellationToken.None);
        return registry;
    }

    /// <summary>Loads versions with a scorer that tells what happens to it; those that are named wait until the gate is opened.</summary>
    private sealed class Gate(params string[] held) : IDisposable
    {
        private readonly ManualResetEventSlim _isOpen = new();
        private readonly ConcurrentQueue<string> _freed = [];
        private readonly ConcurrentQueue<int> _calls = [];

        public VersionLoader Loader => new(new BundleReader(), Select, new ReadLimits(), new BatchingPolicy { Mode = BatchingMode.Off });

        public IEnumerable<string> Freed => _freed;

        public int CallsWith(int rows) => _calls.Count(call => call == rows);

        public void Open() => _isOpen.Set();

        public static async Task WaitForLoadedAsync(ModelRegistry registry, int count)
        {
            for (var patience = 0; patience < 6000; patience++)
            {
                if (registry.Snapshot.Models.SelectMany(model => model.Versions)
                    .Count(version => version.State != VersionState.Loading) >= count)
                {
                    return;
                }

                await Task.Delay(10);
            }

            throw new TimeoutException("The version was not loaded.");
        }

        public void Dispose() => _isOpen.Dispose();

        private SelectedScorer Select(Bundle bundle, CancellationToken cancellationToken)
        {
            var name = $"{bundle.Manifest.Name} {bundle.Manifest.Version}";
            if (held.Contains(name))
            {
                _isOpen.Wait(cancellationToken);
            }

            var spy = new Spy(new OnnxRuntimeScorer(bundle), _calls, () => _freed.Enqueue(name));
            return SelectedScorer.Create(spy, bundle, "", cancellationToken);
        }

        private sealed class Spy(OnnxRuntimeScorer scorer, ConcurrentQueue<int> calls, Action freed) : IScorer
        {
            public string Engine => scorer.Engine;

            public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
            {
                calls.Enqueue(features.Rows);
                scorer.Score(features, predictions, cancellationToken);
            }

            public void Dispose()
            {
                scorer.Dispose();
                freed();
            }
        }
    }
}
