using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Import.Graphs;

/// <summary>A tensor with one row per row of the batch.</summary>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The dimensions after the first.</param>
/// <param name="Columns">The columns, in row-major order of <paramref name="Shape"/>.</param>
internal sealed record Value(TensorElementType Type, int[] Shape, Column[] Columns) : GraphValue
{
    /// <summary>The number of dimensions, with the first.</summary>
    public int Rank => Shape.Length + 1;

    public static Value Vector(TensorElementType type, Column column) => new(type, [], [column]);

    public static Value Matrix(TensorElementType type, Column[] columns) => new(type, [columns.Length], columns);

    /// <summary>Resolves an axis, which counts from the back if negative.</summary>
    /// <param name="axis">The attribute's value.</param>
    /// <param name="rank">The rank of the tensor.</param>
    /// <exception cref="NotCompilableException">The axis is the dimension of the rows, or does not exist.</exception>
    public static int Axis(long axis, int rank)
    {
        axis = axis < 0 ? axis + rank : axis;
        return axis > 0 && axis < rank ? (int)axis : throw new NotCompilableException("it works along the rows of the batch");
    }

    /// <summary>Refuses shapes other than <c>[N, 1, …, 1, C]</c>.</summary>
    public void RequireFlat()
    {
        if (Shape.Length == 0 || Shape[^1] != Columns.Length)
        {
            throw new NotCompilableException("it works on a tensor with more dimensions than a table");
        }
    }
}
