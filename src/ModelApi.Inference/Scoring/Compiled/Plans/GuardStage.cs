using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Ends the scoring where ONNX Runtime would: a value that an operator refuses.</summary>
/// <param name="input">NaN where the value is refused.</param>
/// <param name="message">What is wrong.</param>
internal sealed class GuardStage(Column input, string message) : Stage
{
    public override void Run(Block block)
    {
        var values = block.Scratch.AsSpan(0, block.Rows);
        input.Read(block, values);
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                throw new InvalidOperationException(message);
            }
        }
    }
}
