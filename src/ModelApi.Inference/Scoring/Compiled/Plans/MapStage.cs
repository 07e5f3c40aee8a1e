using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Applies a step to each of some columns that other stages computed.</summary>
/// <param name="inputs">The columns.</param>
/// <param name="steps">One step per column.</param>
/// <param name="firstOutput">The first of the consecutive registers for the results.</param>
internal sealed class MapStage(Column[] inputs, Step[] steps, int firstOutput) : ColumnStage
{
    private readonly int _firstInput = RegisterColumn.FirstOf(inputs);
    private readonly RowSteps _row = new(steps);

    public override void Run(Block block)
    {
        if (block.Capacity > 1)
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                var column = block.Register(firstOutput + i);
                inputs[i].Read(block, column);
                steps[i].Apply(column);
            }

            return;
        }

        var values = block.RowRegisters(firstOutput, inputs.Length);
        if (_firstInput >= 0)
        {
            block.RowRegisters(_firstInput, inputs.Length).CopyTo(values);
        }
        else
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                inputs[i].Read(block, values.Slice(i, 1));
            }
        }

        _row.Apply(values);
    }
}
