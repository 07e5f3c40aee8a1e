using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Graphs;

/// <summary>A value of a graph that has a row for each row of the batch.</summary>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its dimensions after the first.</param>
/// <param name="Columns">Its columns, in row-major order of <paramref name="Shape"/>.</param>
internal sealed record Value(TensorElementType Type, int[] Shape, Column[] Columns)
{
    /// <summary>All dimensions.</summary>
    public int Rank => Shape.Length + 1;

    public static Value Vector(TensorElementType type, Column column) => new(type, [], [column]);

    public static Value Matrix(TensorElementType type, Column[] columns) => new(type, [columns.Length], columns);

    /// <summary>The dimension that an axis counts, from the front or, where negative, from the back.</summary>
    /// <param name="axis">As the attribute has it.</param>
    /// <param name="rank">Of whatever the axis belongs to.</param>
    /// <exception cref="NotCompilableException">It is the dimension of the rows, or none.</exception>
    public static int Axis(long axis, int rank)
    {
        axis = axis < 0 ? axis + rank : axis;
        return axis > 0 && axis < rank ? (int)axis : throw new NotCompilableException("it works along the rows of the batch");
    }

    /// <summary>Refuses all but <c>[N, 1, …, 1, C]</c>, of which the last dimension is the one that counts.</summary>
    public void RequireFlat()
    {
        if (Shape.Length == 0 || Shape[^1] != Columns.Length)
        {
            throw new NotCompilableException("it works on a tensor with more dimensions than a table");
        }
    }
}
