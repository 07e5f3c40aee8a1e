using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Turns the sums of a linear classifier into its label and its answer.</summary>
/// <remarks>The rules are ONNX Runtime's, its choice among equal scores and its handling of a single score included.</remarks>
/// <param name="sums">One for each class, or one for two classes.</param>
/// <param name="transform">What becomes of the sums.</param>
/// <param name="labelOutput">The register for the class.</param>
/// <param name="firstOutput">The first of the registers for the answer.</param>
internal sealed class LinearScoreStage(Column[] sums, PostTransform transform, int labelOutput, int firstOutput) : RowStage(sums, firstOutput)
{
    protected override void Run(Span<float> values, int row, Block block)
    {
        if (values.Length > 1)
        {
            block.Register(labelOutput)[row] = First(values);
            PostTransforms.Apply(transform, values);
            Write(values, row, block);
            return;
        }

        var score = values[0];
        block.Register(labelOutput)[row] = score > 0 ? 1 : 0;
        Write(
            transform == PostTransform.Logistic ? [PostTransforms.Logistic(-score), PostTransforms.Logistic(score)] : [1 - score, score],
            row,
            block);
    }

    private static int First(ReadOnlySpan<float> scores)
    {
        var largest = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            largest = scores[i] > scores[largest] ? i : largest;
        }

        return largest;
    }
}

/// <summary>A post transform by itself.</summary>
internal sealed class PostTransformStage(Column[] scores, PostTransform transform, int firstOutput) : RowStage(scores, firstOutput)
{
    protected override void Run(Span<float> values, int row, Block block)
    {
        PostTransforms.Apply(transform, values);
        Write(values, row, block);
    }
}
