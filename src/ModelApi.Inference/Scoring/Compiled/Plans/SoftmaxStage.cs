using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Transforms;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>ONNX Softmax over the columns.</summary>
internal sealed class SoftmaxStage(Column[] inputs, int firstOutput) : RowStage(inputs, firstOutput)
{
    protected override void Run(Span<float> values, int row, Block block)
    {
        ScoreMath.Softmax(values);
        Write(values, row, block);
    }
}
