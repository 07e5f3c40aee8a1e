using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Add, Sub, Mul or Div of two columns, in 32-bit floats.</summary>
internal sealed class BinaryStage(string operation, Column left, Column right, int output) : ColumnStage
{
    public override void Run(Block block)
    {
        var values = block.Register(output);
        var others = block.Scratch.AsSpan(0, block.Rows);
        left.Read(block, values);
        right.Read(block, others);
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = Arithmetic.Of(operation, (float)values[row], (float)others[row]);
        }
    }
}
