using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>One number from all columns of a row, such as their sum.</summary>
/// <param name="inputs">The columns.</param>
/// <param name="reduce">The function.</param>
/// <param name="isDouble">Whether the number has 64 bits.</param>
/// <param name="output">The register for the number.</param>
internal sealed class ReduceStage(Column[] inputs, RowFunction reduce, bool isDouble, int output) : ColumnStage
{
    private readonly int _firstInput = RegisterColumn.FirstOf(inputs);

    public override StageMemory CreateMemory(int rows) => new Memory(new double[rows * inputs.Length]);

    public override void Run(Block block)
    {
        if (block.Capacity == 1 && _firstInput >= 0)
        {
            var only = reduce(block.RowRegisters(_firstInput, inputs.Length));
            block.Register(output)[0] = isDouble ? only : (float)only;
            return;
        }

        // Row after row, so that the values of a row lie side by side.
        var values = ((Memory)block.Memories[Index]!).Values;
        var column = block.Scratch.AsSpan(0, block.Rows);
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i].Read(block, column);
            for (var row = 0; row < column.Length; row++)
            {
                values[(row * inputs.Length) + i] = column[row];
            }
        }

        var results = block.Register(output);
        for (var row = 0; row < results.Length; row++)
        {
            var result = reduce(values.AsSpan(row * inputs.Length, inputs.Length));
            results[row] = isDouble ? result : (float)result;
        }
    }

    private sealed class Memory(double[] values) : StageMemory
    {
        public double[] Values { get; } = values;
    }
}

/// <summary>One number from the values of a row.</summary>
internal delegate double RowFunction(ReadOnlySpan<double> values);
