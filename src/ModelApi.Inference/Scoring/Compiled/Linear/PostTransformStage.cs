using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Transforms;

namespace ModelApi.Inference.Scoring.Compiled.Linear;

/// <summary>Applies a post transform to the sums of a linear regression.</summary>
internal sealed class PostTransformStage(Column[] scores, PostTransform transform, int firstOutput) : RowStage(scores, firstOutput)
{
    protected override void Run(Span<float> values, int row, Block block)
    {
        transform.Apply(values);
        Write(values, row, block);
    }
}
