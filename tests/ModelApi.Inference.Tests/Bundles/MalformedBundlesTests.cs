using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Bundles;

public sealed class MalformedBundlesTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public static TheoryData<string> Kinds => [.. MalformedBundles.All.Select(bundle => bundle.Name)];

    public void Dispose() => _models.Dispose();

    [LinuxTheory]
    [MemberData(nameof(Kinds))]
    public async Task A_malformed_bundle_fails_and_names_the_place(string kind)
    {
        var malformed = MalformedBundles.All.Single(bundle => bundle.Name == kind);
        var bundle = malformed.WriteTo(_models.Root);
        var loader = new VersionLoader(new BundleReader(), new EngineSelector().Select, new ReadLimits());

        using var version = await loader.LoadAsync(kind, bundle.Folder, CancellationToken.None);

        Assert.Equal(VersionState.Failed, version.State);
        var faults = version.Faults.Select(fault => fault.ToString()).ToList();
        Assert.True(
            faults.Exists(fault => fault.Contains(malformed.Fault, StringComparison.Ordinal)),
            string.Join(Environment.NewLine, faults));
        Assert.InRange(faults.Count, 1, BundleFaults.MostKept + 1);
        Assert.All(faults, fault =>
        {
            Assert.InRange(fault.Length, 1, 1500);
            Assert.DoesNotContain(_models.Root, fault, StringComparison.Ordinal);
            Assert.DoesNotContain("root:x", fault, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Kinds_have_names_of_their_own_that_are_names_of_models()
    {
        Assert.True(MalformedBundles.All.Count > 118);
        Assert.Distinct(MalformedBundles.All.Select(bundle => bundle.Name));
        Assert.All(MalformedBundles.All, bundle => Assert.Matches(ManifestReader.NamePattern, bundle.Name));
    }

    [Theory]
    [InlineData("TreeEnsembleRegressor")]
    [InlineData("TreeEnsemble")]
    public async Task The_trees_that_are_broken_here_are_served_while_whole(string type)
    {
        var attributes = type == "TreeEnsemble" ? TreeAttributes.OfEnsemble() : TreeAttributes.OfRegressor();

        await AssertServedAsync(type, attributes);
    }

    [Fact]
    public async Task A_tree_of_the_most_levels_is_served() =>
        await AssertServedAsync("TreeEnsembleRegressor", TreeAttributes.Deep(1000));

    [Fact]
    public void The_graph_that_is_broken_here_is_valid_while_whole()
    {
        var faults = new BundleFaults();

        Assert.NotNull(GraphReader.Read("model.onnx", MalformedGraphs.Whole, new BundleLimits(), faults));
        Assert.Empty(faults.ToList());
    }

    private async Task AssertServedAsync(string type, Dictionary<string, object> attributes)
    {
        var bundle = TemporaryBundle.Copy(Path.Combine(Repository.Models, "breast-cancer", "1"), _models.Root, "trees", "1");
        MalformedTrees.WriteRegression(
            bundle, MalformedTrees.VersionOf(type), [MalformedTrees.Trees(type, MalformedTrees.Attributes(attributes))]);
        foreach (var engine in new[] { ScoringEngine.Auto, ScoringEngine.OnnxRuntime })
        {
            var loader = new VersionLoader(new BundleReader(), new EngineSelector(engine).Select, new ReadLimits());

            using var version = await loader.LoadAsync("trees", bundle.Folder, CancellationToken.None);

            Assert.True(version.Faults.Count == 0, string.Join(Environment.NewLine, version.Faults));
            Assert.Equal(VersionState.Ready, version.State);
        }
    }
}
