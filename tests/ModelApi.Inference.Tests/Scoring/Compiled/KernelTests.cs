using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Tests.Fixtures;
using ModelApi.Inference.Tests.Scoring.Compiled.Generated;

namespace ModelApi.Inference.Tests.Scoring.Compiled;

/// <summary>All kernels give the answers of the plain one, to the last bit.</summary>
public sealed class KernelTests
{
    private const int MostSingleRows = 20;

    [Fact]
    public void All_kernels_give_the_same_answers_for_generated_models()
    {
        var names = new HashSet<string>();
        for (var seed = 0; seed < 300; seed++)
        {
            var specimen = SpecimenGenerator.Make(1000 + seed);
            using var scorer = CompiledScorer.TryCompile(specimen.ToBundle(), out _);
            if (scorer is { Plan.Trees.Length: > 0 })
            {
                AssertSame(scorer, specimen.ToBatch(specimen.Signature), $"Model {1000 + seed}", names);
            }
        }

        Assert.Superset(
            new HashSet<string>
            {
                "plain", "trees side by side", "masks of leaves, 32 bits", "masks of leaves, 64 bits", "rows interleaved",
                "rows in lockstep, 128-bit vectors",
            },
            names);
    }

    [Theory]
    [InlineData("bank/1")]
    [InlineData("bank-mlnet/1")]
    [InlineData("credit-risk/1")]
    [InlineData("wine-quality/1")]
    public async Task All_kernels_give_the_same_answers_for_the_shipped_bundles(string path)
    {
        var bundle = await new BundleReader().ReadAsync(Path.Combine(Repository.Models, path), CancellationToken.None);
        using var scorer = CompiledScorer.TryCompile(bundle, out _);

        AssertSame(scorer!, bundle.Golden.Features, path, []);
    }

    private static void AssertSame(CompiledScorer scorer, FeatureBatch rows, string model, HashSet<string> names)
    {
        FeatureBatch[] some = [.. Enumerable.Range(0, Math.Min(MostSingleRows, rows.Rows)).Select(row => RowOf(rows, row))];
        foreach (var stage in scorer.Plan.Trees)
        {
            byte[]? expected = null;
            foreach (var kernel in stage.Forest.BatchKernels)
            {
                stage.BatchKernel = kernel;
                names.Add(kernel.Name);
                var actual = Bytes(scorer, rows);
                Assert.True((expected ??= actual).AsSpan().SequenceEqual(actual), $"{model}, many rows: {kernel.Name}");
            }

            expected = null;
            foreach (var kernel in stage.Forest.RowKernels)
            {
                stage.RowKernel = kernel;
                names.Add(kernel.Name);
                byte[] actual = [.. some.SelectMany(one => Bytes(scorer, one))];
                Assert.True((expected ??= actual).AsSpan().SequenceEqual(actual), $"{model}, one row: {kernel.Name}");
            }
        }
    }

    private static FeatureBatch RowOf(FeatureBatch rows, int row)
    {
        var one = new FeatureBatch(rows.Signature);
        rows.CopyRowTo(one, row);
        return one;
    }

    private static byte[] Bytes(CompiledScorer scorer, FeatureBatch rows)
    {
        var predictions = new PredictionBatch(rows.Signature);
        scorer.Score(rows, predictions, CancellationToken.None);
        var numbers = rows.Signature.Classes is null ? predictions.Values : predictions.Probabilities;
        return
        [
            .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(predictions.Labels),
            .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers),
        ];
    }
}
