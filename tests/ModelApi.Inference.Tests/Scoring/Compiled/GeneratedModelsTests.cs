using FsCheck;
using FsCheck.Fluent;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Scoring.Compiled.Generated;
using Xunit.Abstractions;

namespace ModelApi.Inference.Tests.Scoring.Compiled;

/// <summary>Checks that the generated models reveal mistakes and cover every case.</summary>
public sealed class GeneratedModelsTests(ITestOutputHelper output)
{
    public static TheoryData<string> Changes => [.. Change.All.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_mistake_shows(string change)
    {
        var tried = 0;
        var seen = 0;
        for (var seed = 0; tried < 40; seed++)
        {
            var specimen = SpecimenGenerator.Make(seed);
            if (specimen.Estimator is not EnsembleEstimator model || Change.All[change](model) is not { IsDefined: true } changed)
            {
                continue;
            }

            var bundle = specimen.ToBundle();
            using var right = new OnnxRuntimeScorer(bundle);
            using var wrong = new OnnxRuntimeScorer((specimen with { Estimator = changed }).ToBundle());
            tried++;
            var rows = specimen.ToBatch(bundle.Manifest.Signature);
            seen += Sameness.FindDifference(rows, right, wrong, model.Floor, model.MayRound) is null ? 0 : 1;
        }

        output.WriteLine($"Seen in {seen} of {tried} models.");
        Assert.InRange(seen, 8, tried);
    }

    [Fact]
    public void A_plain_scorer_that_never_sees_the_graph_agrees() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20261122, 1),
            Prop.ForAll(SpecimenGenerator.Arbitrary, specimen =>
            {
                var bundle = specimen.ToBundle();
                using var reference = new OnnxRuntimeScorer(bundle);
                using var plain = new PlainScorer(specimen);
                var difference = Sameness.FindDifference(
                    specimen.ToBatch(bundle.Manifest.Signature), reference, plain, specimen.Estimator.Floor, specimen.Estimator.MayRound);
                return (difference is null).Label(difference ?? "");
            }));

    [Fact]
    public void Every_case_is_made()
    {
        var specimens = Enumerable.Range(0, 2400).Select(SpecimenGenerator.Make).ToList();
        var ensembles = specimens.Select(specimen => specimen.Estimator).OfType<EnsembleEstimator>().ToList();
        var branches = ensembles.SelectMany(ensemble => ensemble.Trees.Take(20)).SelectMany(Branches).ToList();
        var steps = specimens.SelectMany(specimen => specimen.Blocks).OfType<NumberBlock>().SelectMany(block => block.Steps).ToList();

        AssertAll(["LEQ", "LT", "GTE", "GT", "EQ", "NEQ", "MEMBER"], branches.Select(branch => branch.Mode), 200);
        AssertAll(["SUM", "AVERAGE", "MIN", "MAX"], ensembles.Select(ensemble => ensemble.Aggregate), 50);
        AssertAll(["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"], ensembles.Select(ensemble => ensemble.PostTransform), 50);
        AssertAll(
            [
                "TreeEnsembleClassifier 1", "TreeEnsembleClassifier 3",
                "TreeEnsembleRegressor 1", "TreeEnsembleRegressor 3",
                "TreeEnsemble 5",
            ],
            ensembles.Select(ensemble => $"{ensemble.Operator} {ensemble.Version}"),
            15);
        AssertAll([0, 1, 2], ensembles.Select(ensemble => ensemble.BaseValues.Length), 15);
        AssertAll([.. Enumerable.Range(1, 12)], ensembles.Select(ensemble => ensemble.Targets), 15);
        AssertAll([.. Enumerable.Range(0, 17)], ensembles.Select(ensemble => ensemble.Trees.Max(tree => tree.Depth)), 4);
        AssertAll(
            [(false, false), (true, false), (true, true)],
            ensembles.Select(ensemble => (ensemble.TakesDoubles, ensemble.HoldsDoubles)),
            50);
        AssertAll([true, false], branches.Select(branch => branch.MissingIsTrue), 500);
        AssertAll(
            ["Impute", "Scale", "Normalize", "Binarize", "Arithmetic", "Recode", "Select", "Curve", "Keep"],
            steps.Select(step => step.GetType().Name),
            50);
        AssertAll(
            ["LinearClassifier", "LinearRegressor", "MatMul", "Gemm"],
            specimens.Select(specimen => specimen.Estimator).OfType<LinearEstimator>().Select(linear => linear.Operator),
            50);
        AssertAll([.. Curve.Exact, .. Curve.Inexact], steps.OfType<Curve>().Select(curve => curve.Operator), 1);
        AssertAll(
            ["Relu", "Tanh", "Sigmoid", "Elu", "HardSigmoid", "HardSwish", "LeakyRelu", "Selu", "Softplus", "Softsign"],
            specimens.Select(specimen => specimen.Estimator).OfType<NetworkEstimator>()
                .SelectMany(network => network.Layers).Select(layer => layer.Activation),
            5);
        AssertAll(Reduction.Operators, steps.OfType<Reduction>().Select(reduction => reduction.Operator), 1);
        var machines = specimens.Select(specimen => specimen.Estimator).OfType<SupportVectorEstimator>().ToList();
        AssertAll(["LINEAR", "POLY", "RBF", "SIGMOID"], machines.Select(machine => machine.Kernel), 15);
        AssertAll([true, false], machines.Select(machine => machine.Platt.Length > 0), 30);
        Assert.Contains(machines, machine => machine.IsOneClass);
        var texts = specimens.SelectMany(specimen => specimen.Blocks).OfType<TextBlock>().ToList();
        AssertAll(["TF", "IDF", "TFIDF"], texts.Select(text => text.Mode), 30);
        AssertAll(["", "LOWER", "UPPER", "NONE"], texts.Select(text => text.Case ?? ""), 30);
        AssertAll(["", "L1", "L2", "MAX"], texts.Select(text => text.Norm ?? ""), 3);
        AssertAll([true, false], specimens.Select(specimen => specimen.OneGraph), 300);
        Assert.Contains(ensembles, ensemble => ensemble.Trees.Count >= 500);
        Assert.Contains(specimens, specimen => specimen.Features.Count >= 150);
        Assert.Contains(specimens, specimen => specimen.Rows.Count >= 250);
        Assert.Contains(specimens, specimen => specimen.Blocks.Any(block => block is CategoryBlock { Categories.Length: >= 2000 }));
        Assert.Contains(ensembles, ensemble => ensemble.Trees.SelectMany(EnsembleEstimator.Leaves).Any(leaf => leaf.Weights.Length == 0));
        object?[] cells = [null, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, (double)float.Epsilon];
        foreach (var cell in cells)
        {
            Assert.Contains(specimens, specimen => specimen.Rows.Any(row => row.Contains(cell)));
        }
    }

    private static void AssertAll<T>(IReadOnlyList<T> expected, IEnumerable<T> actual, int times)
        where T : notnull
    {
        var counts = actual.CountBy(item => item).ToDictionary();
        Assert.All(expected, item =>
            Assert.True(counts.GetValueOrDefault(item) >= times, $"{item}: {counts.GetValueOrDefault(item)} of at least {times}"));
    }

    private static IEnumerable<TreeBranch> Branches(TreeNode node) =>
        node is TreeBranch branch ? Branches(branch.True).Concat(Branches(branch.False)).Prepend(branch) : [];
}
