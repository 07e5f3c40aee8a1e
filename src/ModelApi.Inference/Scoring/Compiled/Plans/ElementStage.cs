using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>A function of several values at the same place of several matrices.</summary>
/// <param name="operands">The matrices, all of as many columns.</param>
/// <param name="function">The function.</param>
/// <param name="firstOutput">The first of the consecutive registers for the results.</param>
internal sealed class ElementStage(Column[][] operands, ElementFunction function, int firstOutput) : ColumnStage
{
    private readonly int _columns = operands[0].Length;

    public override StageMemory CreateMemory(int rows) =>
        new Memory([.. operands.Select(_ => new double[rows == 1 ? _columns : rows])]);

    public override void Run(Block block)
    {
        var values = ((Memory)block.Memories[Index]!).Values;
        if (block.Capacity == 1)
        {
            for (var operand = 0; operand < operands.Length; operand++)
            {
                for (var column = 0; column < _columns; column++)
                {
                    operands[operand][column].Read(block, values[operand].AsSpan(column, 1));
                }
            }

            function(values, block.RowRegisters(firstOutput, _columns));
            return;
        }

        for (var column = 0; column < _columns; column++)
        {
            for (var operand = 0; operand < operands.Length; operand++)
            {
                operands[operand][column].Read(block, values[operand].AsSpan(0, block.Rows));
            }

            function(values, block.Register(firstOutput + column));
        }
    }

    private sealed class Memory(double[][] values) : StageMemory
    {
        public double[][] Values { get; } = values;
    }
}

/// <summary>A function of values at the same place of several operands.</summary>
/// <param name="operands">The operands, each at least as long as the result.</param>
/// <param name="result">Receives the results.</param>
internal delegate void ElementFunction(double[][] operands, Span<double> result);
