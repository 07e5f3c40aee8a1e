using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Scoring.Compiled.Generated;

namespace ModelApi.Inference.Tests.Scoring.Compiled;

/// <summary>Batches of thousands of rows, which engines may score differently from small ones.</summary>
public sealed class ManyRowsTests
{
    private static readonly int[] Counts = [2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 4099];

    [Fact]
    public void Any_number_of_rows_gets_the_answers_of_ONNX_Runtime()
    {
        var compiledModels = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var specimen = SpecimenGenerator.Make(seed);
            var bundle = specimen.ToBundle();
            var few = specimen.ToBatch(bundle.Manifest.Signature);
            few.CopyRowTo(bundle.Golden.Features, 0);
            using var reference = new OnnxRuntimeScorer(bundle);
            using var compiled = Sameness.Compile(bundle, out _);
            if (compiled is null)
            {
                continue;
            }

            compiledModels++;
            foreach (var count in specimen.Features.Count > 60 ? Counts.Where(count => count < 300) : Counts)
            {
                var difference = Sameness.FindDifference(
                    Cycle(few, count, seed), reference, compiled, specimen.Estimator.Floor, specimen.Estimator.MayRound);

                Assert.True(difference is null, $"Model {seed}, {count} rows: {difference}{Environment.NewLine}{specimen}");
            }
        }

        Assert.InRange(compiledModels, 30, 40);
    }

    [Fact]
    public void Threads_that_share_a_scorer_get_what_one_gets()
    {
        var compiledModels = 0;
        for (var seed = 0; seed < 10; seed++)
        {
            var specimen = SpecimenGenerator.Make(seed);
            var bundle = specimen.ToBundle();
            var few = specimen.ToBatch(bundle.Manifest.Signature);
            few.CopyRowTo(bundle.Golden.Features, 0);
            using var reference = new OnnxRuntimeScorer(bundle);
            using var compiled = Sameness.Compile(bundle, out _);
            if (compiled is null)
            {
                continue;
            }

            compiledModels++;
            var differences = new string?[16];
            Parallel.For(0, differences.Length, thread => differences[thread] = Sameness.FindDifference(
                Cycle(few, 50 + (thread * 13), seed + thread), reference, compiled, specimen.Estimator.Floor, specimen.Estimator.MayRound));

            Assert.All(differences, difference => Assert.Null(difference));
        }

        Assert.InRange(compiledModels, 7, 10);
    }

    private static FeatureBatch Cycle(FeatureBatch rows, int count, int first)
    {
        var cycled = new FeatureBatch(rows.Signature, count);
        for (var row = 0; row < count; row++)
        {
            rows.CopyRowTo(cycled, (first + (row * 7)) % rows.Rows);
        }

        return cycled;
    }
}
