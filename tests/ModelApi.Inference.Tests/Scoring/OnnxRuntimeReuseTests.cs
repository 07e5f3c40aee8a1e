using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Scoring;

/// <summary>A scorer keeps its tensors from call to call: nothing of one call may be seen in another.</summary>
public sealed class OnnxRuntimeReuseTests
{
    private static readonly int[] Sizes = [1, 2, 200, 3, 1, 1, 50, 49, 50, 7, 2, 1];

    public static TheoryData<string> Bundles => [.. Repository.Bundles];

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task Growing_and_shrinking_batches_get_the_answers_of_a_fresh_scorer(string path)
    {
        var bundle = await ReadAsync(path);
        using var scorer = new OnnxRuntimeScorer(bundle);
        var first = 0;

        foreach (var rows in Sizes)
        {
            var batch = Rows(bundle, first, rows);
            AssertLikeFresh(bundle, scorer, batch);
            first += rows;
        }
    }

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task Every_row_of_a_batch_of_several_blocks_gets_its_own_answer(string path)
    {
        var bundle = await ReadAsync(path);
        using var scorer = new OnnxRuntimeScorer(bundle);
        var rows = (2 * scorer.BlockRows) + 3;

        var predictions = Score(scorer, Rows(bundle, 0, rows));

        // The rows repeat, so their answers do.
        var golden = Score(scorer, bundle.Golden.Features);
        for (var row = 0; row < rows; row++)
        {
            AssertSameRow(golden, row % golden.Rows, predictions, row);
        }
    }

    [Fact]
    public async Task Text_of_an_earlier_call_does_not_stay()
    {
        var bundle = await ReadAsync("bank/1");
        using var scorer = new OnnxRuntimeScorer(bundle);
        var signature = bundle.Manifest.Signature;
        var texts = Enumerable.Range(0, signature.Features.Count).Where(i => signature.Features[i].Type == FeatureType.String).ToList();
        Action<FeatureBatch, int>[] contents =
        [
            (batch, feature) => batch.SetCategory(0, feature, 0),
            (batch, feature) => batch.SetCategory(0, feature, 1),
            (batch, feature) => batch.SetText(0, feature, signature.Features[feature].Categories!.Names[0]),
            (batch, feature) => batch.SetText(0, feature, "no such category"),
            (batch, feature) => batch.SetText(0, feature, new string('é', 2000)),
            (_, _) => { },
        ];

        // Each content after each other one, itself included.
        foreach (var before in contents)
        {
            foreach (var content in contents)
            {
                Score(scorer, Row(before));
                AssertLikeFresh(bundle, scorer, Row(content));
            }
        }

        FeatureBatch Row(Action<FeatureBatch, int> set)
        {
            var batch = Rows(bundle, 0, 1);
            var row = new FeatureBatch(signature);
            row.AddRow();
            for (var i = 0; i < signature.Features.Count; i++)
            {
                if (!texts.Contains(i))
                {
                    row.SetNumber(0, i, batch.Numbers(i)[0]);
                }
            }

            texts.ForEach(feature => set(row, feature));
            return row;
        }
    }

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task Many_threads_with_batches_of_many_sizes_get_the_answers_that_one_gets(string path)
    {
        var bundle = await ReadAsync(path);
        using var scorer = new OnnxRuntimeScorer(bundle);
        var batches = Sizes.Select((rows, i) => Rows(bundle, i * 17, rows)).ToList();
        var expected = batches.Select(batch => Score(scorer, batch)).ToList();

        await Parallel.ForAsync(0, 600, new ParallelOptions { MaxDegreeOfParallelism = 16 }, (i, _) =>
        {
            var which = i % batches.Count;
            AssertSame(expected[which], Score(scorer, batches[which]));
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public async Task A_graph_that_does_not_declare_its_shapes_is_scored_as_one_that_does()
    {
        var declared = await ReadAsync("bank/1");
        using var models = new TemporaryModels();
        var temporary = models.AddBank();
        foreach (var file in new[] { "encoder.onnx", "model.onnx" })
        {
            temporary.Write(file, Onnx.WithoutOutputShapes(File.ReadAllBytes(temporary.PathOf(file))));
        }

        var bundle = await new BundleReader().ReadAsync(temporary.Folder, CancellationToken.None);
        Assert.All(bundle.Steps, step => Assert.All(step.Graph.Outputs, output => Assert.Null(output.Dimensions)));
        using var scorer = new OnnxRuntimeScorer(bundle);

        foreach (var rows in Sizes)
        {
            AssertLikeFresh(declared, scorer, Rows(declared, rows, rows));
        }
    }

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task A_call_like_the_last_allocates_nothing(string path)
    {
        var bundle = await ReadAsync(path);
        using var scorer = new OnnxRuntimeScorer(bundle);
        FeatureBatch[] batches = [Rows(bundle, 0, 1), Rows(bundle, 1, 1)];
        var predictions = new PredictionBatch(bundle.Manifest.Signature);
        ScoreInTurn(100);

        // The runtime may allocate something now and then; a thousand calls may not, each time.
        Assert.InRange(Enumerable.Range(0, 5).Min(_ => Allocated()), 0, 999);

        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            ScoreInTurn(1000);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void ScoreInTurn(int calls)
        {
            for (var i = 0; i < calls; i++)
            {
                scorer.Score(batches[i % 2], predictions, CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task A_cancelled_call_stops_and_the_next_one_is_answered()
    {
        var bundle = await ReadAsync("bank/1");
        using var scorer = new OnnxRuntimeScorer(bundle);

        Assert.Throws<OperationCanceledException>(() =>
            scorer.Score(Rows(bundle, 0, 3), new PredictionBatch(bundle.Manifest.Signature), new CancellationToken(canceled: true)));

        AssertLikeFresh(bundle, scorer, Rows(bundle, 0, 3));
    }

    private static Task<Bundle> ReadAsync(string path) =>
        new BundleReader().ReadAsync(Path.Combine(Repository.Models, path), CancellationToken.None);

    /// <summary>Golden rows from the first on, over and over.</summary>
    private static FeatureBatch Rows(Bundle bundle, int first, int count)
    {
        var golden = bundle.Golden.Features;
        var batch = new FeatureBatch(bundle.Manifest.Signature, count);
        for (var i = 0; i < count; i++)
        {
            golden.CopyRowTo(batch, (first + i) % golden.Rows);
        }

        return batch;
    }

    private static PredictionBatch Score(OnnxRuntimeScorer scorer, FeatureBatch batch)
    {
        var predictions = new PredictionBatch(batch.Signature);
        scorer.Score(batch, predictions, CancellationToken.None);
        return predictions;
    }

    private static void AssertLikeFresh(Bundle bundle, OnnxRuntimeScorer scorer, FeatureBatch batch)
    {
        using var fresh = new OnnxRuntimeScorer(bundle);
        AssertSame(Score(fresh, batch), Score(scorer, batch));
    }

    private static void AssertSame(PredictionBatch expected, PredictionBatch actual)
    {
        Assert.Equal(expected.Labels.ToArray(), actual.Labels.ToArray());
        Assert.Equal(expected.Probabilities.ToArray(), actual.Probabilities.ToArray());
        Assert.Equal(expected.Values.ToArray(), actual.Values.ToArray());
    }

    private static void AssertSameRow(PredictionBatch expected, int expectedRow, PredictionBatch actual, int row)
    {
        if (expected.Signature.Classes is null)
        {
            AssertNear(expected.Values[expectedRow], actual.Values[row]);
            return;
        }

        Assert.Equal(expected.Labels[expectedRow], actual.Labels[row]);
        for (var i = 0; i < expected.Signature.Classes.Count; i++)
        {
            AssertNear(expected.ProbabilitiesOf(expectedRow)[i], actual.ProbabilitiesOf(row)[i]);
        }
    }

    // ONNX Runtime adds in another order when there are other rows beside.
    private static void AssertNear(float expected, float actual) =>
        Assert.InRange(actual, expected - (1e-6 * Math.Max(1, Math.Abs(expected))), expected + (1e-6 * Math.Max(1, Math.Abs(expected))));
}
