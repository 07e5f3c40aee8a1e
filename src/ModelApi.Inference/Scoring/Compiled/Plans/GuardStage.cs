using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Fails on values that an operator refuses, as ONNX Runtime does.</summary>
/// <param name="input">NaN for each refused value.</param>
/// <param name="message">The message of the failure.</param>
internal sealed class GuardStage(Column input, string message) : ColumnStage
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
