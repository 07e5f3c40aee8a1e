using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Import.Graphs;

/// <summary>The shape that several operands have together: dimensions of length 1 are repeated, missing ones come first.</summary>
internal static class Broadcast
{
    // A hostile graph could ask for any size.
    private const int MostColumns = 1 << 20;

    /// <summary>The dimensions after the first of a value, or of a constant beside values of a rank.</summary>
    /// <returns>Null if the constant has a row for each row of the batch.</returns>
    public static int[]? ShapeOf(GraphValue operand, int rank) => operand switch
    {
        Value value => value.Rank == rank ? value.Shape : null,
        Constant constant when constant.Dimensions.Length < rank => [.. constant.Dimensions.Select(dimension => checked((int)dimension))],
        Constant { Dimensions: [1, .. var rest] } when rest.Length == rank - 1 => [.. rest.Select(dimension => checked((int)dimension))],
        _ => null,
    };

    /// <returns>Null if the shapes do not fit.</returns>
    public static int[]? Join(int[] one, int[] other)
    {
        var joined = new int[Math.Max(one.Length, other.Length)];
        var columns = 1L;
        for (var i = 1; i <= joined.Length; i++)
        {
            var (left, right) = (i <= one.Length ? one[^i] : 1, i <= other.Length ? other[^i] : 1);
            if (left != right && left != 1 && right != 1)
            {
                return null;
            }

            joined[^i] = left == 1 ? right : left;
            columns = Math.Min(columns * joined[^i], (long)MostColumns + 1);
        }

        return columns <= MostColumns ? joined : null;
    }

    /// <summary>The columns of an operand in a joined shape.</summary>
    /// <param name="operand">A value, or a constant of numbers.</param>
    /// <param name="own">Its dimensions.</param>
    /// <param name="joined">The joined dimensions.</param>
    public static Column[] Columns(GraphValue operand, int[] own, int[] joined)
    {
        if (operand is Value same && own.SequenceEqual(joined))
        {
            return same.Columns;
        }

        var columns = new Column[joined.Aggregate(1, (product, dimension) => product * dimension)];
        for (var i = 0; i < columns.Length; i++)
        {
            var (at, step, rest) = (0, 1, i);
            for (var axis = 1; axis <= own.Length; axis++)
            {
                at += own[^axis] == 1 ? 0 : rest % joined[^axis] * step;
                step *= own[^axis];
                rest /= joined[^axis];
            }

            columns[i] = operand is Value value ? value.Columns[at] : new ConstantColumn(((Constant)operand).Numbers[at]);
        }

        return columns;
    }
}
