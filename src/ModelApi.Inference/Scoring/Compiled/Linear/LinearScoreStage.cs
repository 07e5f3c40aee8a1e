using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Transforms;

namespace ModelApi.Inference.Scoring.Compiled.Linear;

/// <summary>Turns the sums of a linear classifier into its label and its answer.</summary>
/// <remarks>Follows ONNX Runtime, also in its choice among equal scores and its handling of a single score.</remarks>
/// <param name="sums">One sum per class, or a single one for two classes.</param>
/// <param name="transform">The post transform.</param>
/// <param name="labelOutput">The register for the class.</param>
/// <param name="firstOutput">The first of the registers for the answer.</param>
internal sealed class LinearScoreStage(Column[] sums, PostTransform transform, int labelOutput, int firstOutput)
    : RowStage(sums, firstOutput)
{
    protected override void Run(Span<float> values, int row, Block block)
    {
        if (values.Length > 1)
        {
            block.Register(labelOutput)[row] = FirstLargest(values);
            transform.Apply(values);
            Write(values, row, block);
            return;
        }

        var score = values[0];
        block.Register(labelOutput)[row] = score > 0 ? 1 : 0;
        Write(
            transform == PostTransforms.Logistic ? [ScoreMath.Logistic(-score), ScoreMath.Logistic(score)] : [1 - score, score],
            row,
            block);
    }

    private static int FirstLargest(ReadOnlySpan<float> scores)
    {
        var largest = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            largest = scores[i] > scores[largest] ? i : largest;
        }

        return largest;
    }
}
