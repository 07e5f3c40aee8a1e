using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Computes new columns from all of a matrix's, row by row.</summary>
/// <param name="inputs">The matrix.</param>
/// <param name="firstOutput">The first of the registers for the new columns, which follow each other.</param>
internal abstract class RowStage(Column[] inputs, int firstOutput) : Stage
{
    protected int FirstOutput { get; } = firstOutput;

    public override object? CreateMemory(int rows) => new float[rows * inputs.Length];

    public override void Run(Block block)
    {
        var matrix = ((float[])block.Memories[Index]!).AsSpan(0, block.Rows * inputs.Length);
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

    /// <param name="values">The row; may be written to.</param>
    /// <param name="row">Which row of the block.</param>
    /// <param name="block">Receives what is computed.</param>
    protected abstract void Run(Span<float> values, int row, Block block);

    protected void Write(ReadOnlySpan<float> values, int row, Block block)
    {
        for (var i = 0; i < values.Length; i++)
        {
            block.Register(FirstOutput + i)[row] = values[i];
        }
    }
}

/// <summary>ai.onnx.ml Normalizer.</summary>
internal sealed class NormalizeStage(Column[] inputs, string norm, int firstOutput) : RowStage(inputs, firstOutput)
{
    protected override void Run(Span<float> values, int row, Block block)
    {
        switch (norm)
        {
            case "MAX":
                Divide(values, Largest(values));
                break;
            case "L1":
                Divide(values, SumOfMagnitudes(values));
                break;
            default:
                DivideByLength(values);
                break;
        }

        Write(values, row, block);
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = float.MinValue;
        foreach (var value in values)
        {
            largest = largest < value ? value : largest;
        }

        return largest;
    }

    private static float SumOfMagnitudes(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
        {
            sum += Math.Abs(value);
        }

        return sum;
    }

    private static void Divide(Span<float> values, float divisor)
    {
        if (divisor != 0)
        {
            foreach (ref var value in values)
            {
                value /= divisor;
            }
        }
    }

    private static void DivideByLength(Span<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
        {
            sum += value * value;
        }

        if (sum != 0)
        {
            foreach (ref var value in values)
            {
                var magnitude = MathF.Sqrt(value * value / sum);
                value = value < 0 ? -magnitude : magnitude;
            }
        }
    }
}

/// <summary>ONNX Softmax over the columns.</summary>
internal sealed class SoftmaxStage(Column[] inputs, int firstOutput) : RowStage(inputs, firstOutput)
{
    protected override void Run(Span<float> values, int row, Block block)
    {
        PostTransforms.Softmax(values);
        Write(values, row, block);
    }
}

/// <summary>ONNX ArgMax over the columns: the first of the largest.</summary>
internal sealed class ArgMaxStage(Column[] inputs, bool isLast, int output) : RowStage(inputs, output)
{
    protected override void Run(Span<float> values, int row, Block block)
    {
        var largest = 0;
        for (var i = 1; i < values.Length; i++)
        {
            largest = values[i] > values[largest] || (isLast && values[i] == values[largest]) ? i : largest;
        }

        block.Register(FirstOutput)[row] = largest;
    }
}
