using System.Numerics.Tensors;

namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A stage that computes new columns from all columns of a matrix, row by row.</summary>
/// <param name="inputs">The matrix.</param>
/// <param name="firstOutput">The first of the consecutive registers for the new columns.</param>
internal abstract class RowStage(Column[] inputs, int firstOutput) : ColumnStage
{
    private readonly int _firstInput = RegisterColumn.FirstOf(inputs);

    protected int FirstOutput { get; } = firstOutput;

    /// <summary>The length of the memory that <see cref="Scratch"/> gives.</summary>
    protected virtual int ScratchLength => 0;

    public override StageMemory CreateMemory(int rows) => new Memory(new float[rows * inputs.Length], new float[ScratchLength]);

    public override void Run(Block block)
    {
        var matrix = ((Memory)block.Memories[Index]!).Matrix.AsSpan(0, block.Rows * inputs.Length);
        if (block.Capacity == 1 && _firstInput >= 0)
        {
            TensorPrimitives.ConvertTruncating<double, float>(block.RowRegisters(_firstInput, inputs.Length), matrix);
            Run(matrix, 0, block);
            return;
        }

        var column = block.Scratch.AsSpan(0, block.Rows);
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i].Read(block, column);
            for (var row = 0; row < column.Length; row++)
            {
                matrix[(row * inputs.Length) + i] = (float)column[row];
            }
        }

        for (var row = 0; row < block.Rows; row++)
        {
            Run(matrix.Slice(row * inputs.Length, inputs.Length), row, block);
        }
    }

    /// <summary>Computes the new columns of one row.</summary>
    /// <param name="values">The row's values, which may be overwritten.</param>
    /// <param name="row">The row's index in the block.</param>
    /// <param name="block">Receives the results.</param>
    protected abstract void Run(Span<float> values, int row, Block block);

    /// <summary>Memory for one row at a time.</summary>
    protected float[] Scratch(Block block) => ((Memory)block.Memories[Index]!).Scratch;

    protected void Write(ReadOnlySpan<float> values, int row, Block block)
    {
        if (block.Capacity == 1)
        {
            TensorPrimitives.ConvertTruncating(values, block.RowRegisters(FirstOutput, values.Length));
            return;
        }

        for (var i = 0; i < values.Length; i++)
        {
            block.Register(FirstOutput + i)[row] = values[i];
        }
    }

    private sealed class Memory(float[] matrix, float[] scratch) : StageMemory
    {
        public float[] Matrix { get; } = matrix;

        public float[] Scratch { get; } = scratch;
    }
}
