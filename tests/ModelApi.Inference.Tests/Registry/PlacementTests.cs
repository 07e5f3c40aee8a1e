using System.Collections.Immutable;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Registry;

public sealed class PlacementTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryModels _models = new();
    private readonly ModelRegistry _registry;

    public PlacementTests()
    {
        _registry = new ModelRegistry(_models.Root, "bank", new VersionLoader(
            new BundleReader(),
            (bundle, cancellation) => SelectedScorer.Create(new OnnxRuntimeScorer(bundle), bundle, "", cancellation),
            new ReadLimits()));
    }

    private Model Bank => _registry.Snapshot.Find("bank")!;

    public void Dispose()
    {
        _registry.Dispose();
        _models.Dispose();
    }

    [Fact]
    public async Task The_version_in_production_serves_once_a_stage_was_set()
    {
        await LoadTwoAsync();
        Assert.Equal("2", Bank.Production!.Version);

        await PlaceAsync(new ModelPlacement { IsStaged = true, Stages = Stages(("1", Stage.Production), ("2", Stage.Staging)) });
        Assert.Equal("1", Bank.Production!.Version);
        Assert.Equal([Stage.Production, Stage.Staging], Bank.Versions.Select(Bank.StageOf));

        await PlaceAsync(new ModelPlacement { IsStaged = true });
        Assert.Null(Bank.Production);
        Assert.False(Bank.IsLoading);
    }

    [Fact]
    public async Task A_version_that_was_swapped_out_serves_those_who_hold_it()
    {
        await LoadTwoAsync();
        var held = Bank.Production!;
        Assert.True(held.TryLease());

        await PlaceAsync(new ModelPlacement { IsStaged = true, Stages = Stages(("1", Stage.Production)) });
        _registry.Remove("bank", "2");

        Assert.Equal(["1"], Bank.Versions.Select(version => version.Version));
        Assert.False(held.TryLease());
        var bundle = await new BundleReader().ReadAsync(held.Source.Folder, None);
        held.Scorer!.Score(bundle.Golden.Features, new PredictionBatch(bundle.Manifest.Signature), None);
        held.Release();
    }

    [Fact]
    public async Task An_upload_serves_only_once_it_is_in_production()
    {
        var folder = _models.AddBank("elsewhere", "1").Folder;
        var third = new VersionSource("bank", "3", folder, VersionOrigin.Upload);
        await _registry.AddAsync([third], None);
        Assert.Equal(VersionState.Ready, Bank.Find("3")!.State);
        Assert.Null(Bank.Production);
        Assert.False(Bank.IsLoading);

        await PlaceAsync(new ModelPlacement { IsStaged = true, Stages = Stages(("3", Stage.Production)) });
        Assert.Same(Bank.Find("3"), Bank.Production);
    }

    [Fact]
    public async Task Nothing_serves_before_it_is_known_what_was_decided()
    {
        _registry.AwaitPlacements();
        await LoadTwoAsync();
        Assert.True(Bank is { Production: null, IsLoading: true });
        Assert.False(_registry.IsStarted);

        await _registry.PlaceAsync(Of("bank", new ModelPlacement { IsStaged = true, Stages = Stages(("1", Stage.Production)) }), true, None);
        Assert.Equal("1", Bank.Production!.Version);
        Assert.True(_registry.IsStarted);
    }

    [Fact]
    public async Task A_placement_that_comes_before_its_model_is_kept_for_it()
    {
        await PlaceAsync(new ModelPlacement { IsStaged = true, Stages = Stages(("1", Stage.Production)) });
        Assert.Null(_registry.Snapshot.Find("bank"));

        await LoadTwoAsync();
        Assert.Equal("1", Bank.Production!.Version);
    }

    [Fact]
    public async Task A_disabled_version_is_not_loaded_and_is_loaded_again_once_it_is_enabled()
    {
        await LoadTwoAsync();
        var second = Bank.Production!;

        await PlaceAsync(new ModelPlacement { DisabledVersions = ["2"] });
        Assert.Equal("1", Bank.Production!.Version);
        Assert.Equal(VersionState.Disabled, Bank.Find("2")!.State);
        Assert.False(second.TryLease());

        await PlaceAsync(new ModelPlacement { IsDisabled = true });
        Assert.Null(Bank.Production);
        Assert.All(Bank.Versions, version => Assert.Equal(VersionState.Disabled, version.State));

        await PlaceAsync(ModelPlacement.Empty);
        Assert.All(Bank.Versions, version => Assert.Equal(VersionState.Ready, version.State));
        Assert.Equal("2", Bank.Production!.Version);
    }

    [Fact]
    public async Task A_version_that_is_disabled_while_it_loads_does_not_come_back()
    {
        _models.AddBank(version: "1");
        var loading = _registry.LoadAsync(None);
        await PlaceAsync(new ModelPlacement { IsDisabled = true });
        await loading;

        Assert.All(_registry.Snapshot.Find("bank")?.Versions ?? [], version => Assert.Equal(VersionState.Disabled, version.State));
    }

    [Fact]
    public async Task A_deleted_version_of_the_folder_stays_hidden()
    {
        await PlaceAsync(new ModelPlacement { HiddenVersions = ["2"] });
        await LoadTwoAsync();

        Assert.Equal(["1"], Bank.Versions.Select(version => version.Version));
        Assert.Equal("1", Bank.Production!.Version);
    }

    [Fact]
    public async Task A_model_without_versions_goes()
    {
        await LoadTwoAsync();
        _registry.Remove("bank", "1");
        _registry.Remove("bank", "2");

        Assert.Null(_registry.Snapshot.Find("bank"));
        Assert.Empty(_registry.Snapshot.Models);
    }

    [Fact]
    public async Task An_alias_names_a_version()
    {
        await LoadTwoAsync();
        await PlaceAsync(new ModelPlacement { Aliases = ModelPlacement.Empty.Aliases.Add("champion", "1") });

        Assert.Equal((Bank, "1"), _registry.Snapshot.FindAlias("bank@champion"));
        foreach (var unknown in new[] { "bank@", "@champion", "bank@challenger", "banks@champion", "bank", "bank@champion@champion", "" })
        {
            Assert.Null(_registry.Snapshot.FindAlias(unknown));
        }
    }

    [Fact]
    public async Task A_rollout_has_a_candidate_while_both_versions_can_be_called()
    {
        await LoadTwoAsync();
        var rollout = new Rollout("1", "2", RolloutMode.Canary, 10, "caller");
        var placement = new ModelPlacement { IsStaged = true, Stages = Stages(("1", Stage.Production)), Rollout = rollout };
        await PlaceAsync(placement);
        Assert.Same(Bank.Find("2"), Bank.Candidate);

        await PlaceAsync(placement with { DisabledVersions = ["2"] });
        Assert.Null(Bank.Candidate);

        await PlaceAsync(placement with { Stages = Stages(("2", Stage.Production)) });
        Assert.Null(Bank.Candidate);
    }

    [Fact]
    public void A_canary_takes_its_share_and_each_key_always_or_never()
    {
        var keys = Enumerable.Range(0, 20_000).Select(i => $"caller-{i}").ToList();
        var rollout = new Rollout("a", "2", RolloutMode.Canary, 10, "caller");
        var taken = keys.FindAll(rollout.Takes);

        // Four standard deviations of a binomial count.
        Assert.InRange(taken.Count, 2000 - 170, 2000 + 170);
        Assert.All(taken, key => Assert.True(rollout.Takes(key)));

        // More percent take the same callers and further ones; another rollout takes others.
        Assert.All(taken, key => Assert.True((rollout with { Percent = 20 }).Takes(key)));
        Assert.InRange(keys.Count(key => rollout.Takes(key) && (rollout with { Seed = "b" }).Takes(key)), 200 - 60, 200 + 60);
        Assert.DoesNotContain(keys, (rollout with { Percent = 0 }).Takes);
        Assert.All(keys, key => Assert.True((rollout with { Percent = 100 }).Takes(key)));
    }

    private async Task LoadTwoAsync()
    {
        _models.AddBank(version: "1");
        _models.AddBank(version: "2");
        await _registry.LoadAsync(None);
    }

    private Task PlaceAsync(ModelPlacement placement) => _registry.PlaceAsync(Of("bank", placement), areAll: false, None);

    private static Dictionary<string, ModelPlacement> Of(string name, ModelPlacement placement) => new() { [name] = placement };

    private static ImmutableDictionary<string, Stage> Stages(params (string Version, Stage Stage)[] stages) =>
        ModelPlacement.Empty.Stages.AddRange(stages.Select(stage => KeyValuePair.Create(stage.Version, stage.Stage)));
}
