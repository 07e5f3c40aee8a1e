using Google.Protobuf;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Scoring.Compiled;

public sealed class ForestScorerTests
{
    [Fact]
    public async Task Every_golden_row_gets_the_trainers_label_and_probabilities()
    {
        var bundle = await ReadBankAsync();
        using var scorer = ForestScorer.TryCreate(bundle);

        var report = GoldenCheck.Run(scorer!, bundle.Golden);

        Assert.Equal(200, report.Rows);
        Assert.InRange(report.LargestDifference, 0, 1e-6);
        Assert.StartsWith("compiled forest, onnxruntime ", scorer!.Engine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_agrees_with_ONNX_Runtime_on_rows_that_nobody_has_seen_and_on_missing_values()
    {
        var bundle = await ReadBankAsync();
        var signature = bundle.Manifest.Signature;
        using var scorer = ForestScorer.TryCreate(bundle);
        using var reference = new OnnxRuntimeScorer(bundle);
        var random = new Random(20251121);
        var features = new FeatureBatch(signature);
        for (var i = 0; i < 1003; i++)
        {
            var row = features.AddRow();
            for (var feature = 0; feature < signature.Features.Count; feature++)
            {
                var definition = signature.Features[feature];
                if (definition.Categories is { } categories)
                {
                    features.SetCategory(row, feature, random.Next(categories.Names.Count));
                }
                else if (random.Next(10) > 0)
                {
                    features.SetNumber(row, feature, random.Next((int)definition.Minimum! - 5, (int)definition.Maximum! + 5));
                }
            }
        }

        var actual = new PredictionBatch(signature);
        var expected = new PredictionBatch(signature);
        scorer!.Score(features, actual, CancellationToken.None);
        reference.Score(features, expected, CancellationToken.None);

        Assert.Equal(expected.Labels.ToArray(), actual.Labels.ToArray());
        Assert.Equal(expected.Probabilities.ToArray(), actual.Probabilities.ToArray(), (a, b) => MathF.Abs(a - b) <= 1e-6f);
    }

    [Fact]
    public async Task Many_rows_at_a_time_get_what_each_gets_by_itself()
    {
        var bundle = await ReadBankAsync();
        var forest = ForestReader.Read(bundle.Steps[^1].Graph, bundle.Manifest.Signature.Classes!)!;
        var random = new Random(20251121);
        var width = forest.Features + 3;
        foreach (var count in new[] { 1, 7, 8, 63, 64, 65, 200 })
        {
            var rows = Enumerable.Range(0, count * width).Select(_ => random.Next(20) == 0 ? float.NaN : (float)(random.NextDouble() * 100) - 10).ToArray();
            var sums = new double[count * forest.Outputs];
            var plain = new double[forest.Outputs];

            forest.Score(rows, width, sums);

            for (var row = 0; row < count; row++)
            {
                forest.ScoreRow(rows.AsSpan(row * width, width), plain);
                Assert.Equal(plain, sums[(row * forest.Outputs)..((row + 1) * forest.Outputs)]);
            }
        }
    }

    [Fact]
    public void A_forest_of_many_classes_adds_up_the_share_of_each()
    {
        // Two trees over one value: at most 1 goes left.
        var forest = new ForestBuilder
        {
            TreeIds = [0, 0, 0, 1],
            NodeIds = [0, 1, 2, 0],
            FeatureIds = [0, 0, 0, 0],
            Thresholds = [1, 0, 0, 0],
            Modes = Modes("BRANCH_LEQ LEAF LEAF LEAF"),
            TrueIds = [1, 0, 0, 0],
            FalseIds = [2, 0, 0, 0],
            LeafTreeIds = [0, 0, 0, 1, 1],
            LeafNodeIds = [1, 1, 2, 0, 0],
            LeafOutputs = [0, 1, 2, 0, 2],
            LeafWeights = [0.25f, 0.25f, 0.5f, 0.25f, 0.25f],
        }.Build(outputs: 3)!;
        var sums = new double[9];

        forest.Score([1, 1.5f, float.NaN], 1, sums);

        Assert.Equal([0.5, 0.25, 0.25, 0.25, 0, 0.75, 0.25, 0, 0.75], sums);
    }

    [Fact]
    public async Task What_is_no_forest_is_left_to_ONNX_Runtime()
    {
        var bundle = await ReadBankAsync();

        Assert.Null(ForestReader.Read(bundle.Steps[0].Graph, bundle.Manifest.Signature.Classes!));
        Assert.Null(ForestReader.Read(bundle.Steps[1].Graph, new ClassLabels(["yes", "no"])));
    }

    [Theory]
    [InlineData(new long[] { 1, 0, 0 }, "a child that is its own parent's")]
    [InlineData(new long[] { 9, 0, 0 }, "a child that does not exist")]
    [InlineData(new long[] { 0, 0, 0 }, "no root")]
    public void Nodes_that_are_no_tree_are_refused(long[] trueIds, string what)
    {
        var builder = new ForestBuilder
        {
            TreeIds = [0, 0, 0],
            NodeIds = [0, 1, 2],
            FeatureIds = [0, 0, 0],
            Thresholds = [1, 0, 0],
            Modes = Modes("BRANCH_LEQ LEAF LEAF"),
            TrueIds = trueIds,
            FalseIds = [1, 0, 0],
            LeafTreeIds = [0],
            LeafNodeIds = [1],
            LeafOutputs = [0],
            LeafWeights = [1],
        };

        Assert.True(builder.Build(outputs: 1) is null, what);
    }

    private static ByteString[] Modes(string modes) => [.. modes.Split(' ').Select(ByteString.CopyFromUtf8)];

    private static Task<Bundle> ReadBankAsync() => new BundleReader().ReadAsync(Repository.Bank, CancellationToken.None);
}
