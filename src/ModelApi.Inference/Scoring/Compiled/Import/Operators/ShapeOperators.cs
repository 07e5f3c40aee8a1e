using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Operators that only rearrange columns; source: https://onnx.ai/onnx/operators/.</summary>
internal static class ShapeOperators
{
    public static GraphValue Identity(Node node) => node.Input(0) is Words words ? words : node.Value(0);

    public static Value Concat(Node node)
    {
        var first = node.Value(0);
        var axis = Value.Axis(node.Attributes.Int("axis", 1), first.Rank);
        var columns = new List<Column>();
        var shape = (int[])first.Shape.Clone();
        shape[axis - 1] = 0;
        for (var i = 0; i < node.Inputs; i++)
        {
            var value = node.Value(i);
            RequireAlone(node, value, axis);
            for (var other = 1; other < first.Rank; other++)
            {
                var isAlike = value.Rank == first.Rank && value.Type == first.Type;
                if (!isAlike || (other != axis && value.Shape[other - 1] != first.Shape[other - 1]))
                {
                    throw node.Refuse("joins values of different shapes");
                }
            }

            shape[axis - 1] += value.Shape[axis - 1];
            columns.AddRange(value.Columns);
        }

        return new Value(first.Type, shape, [.. columns]);
    }

    public static Value Reshape(Node node)
    {
        var value = node.Value(0);
        var wanted = node.RequireConstant(1).Numbers;
        if (wanted.Length == 0 || wanted[0] is not (-1 or 0) || node.Attributes.Int("allowzero", 0) != 0)
        {
            throw node.Refuse("changes the number of rows");
        }

        var shape = new int[wanted.Length - 1];
        var rest = -1;
        var product = 1L;
        for (var i = 1; i < wanted.Length; i++)
        {
            if (wanted[i] == -1)
            {
                rest = i - 1;
                continue;
            }

            shape[i - 1] = wanted[i] == 0 && i - 1 < value.Shape.Length ? value.Shape[i - 1] : (int)wanted[i];
            product *= shape[i - 1];
        }

        if (rest >= 0 && product > 0)
        {
            shape[rest] = (int)(value.Columns.Length / product);
            product *= shape[rest];
        }

        return product == value.Columns.Length ? value with { Shape = shape } : throw node.Refuse("changes the number of rows");
    }

    public static GraphValue Flatten(Node node)
    {
        if (node.Input(0) is Words words)
        {
            return node.Attributes.Int("axis", 1) == 1 ? words with { Rank = 2 } : throw node.Refuse("changes the number of rows");
        }

        var value = node.Value(0);
        var axis = node.Attributes.Int("axis", 1);
        return axis == 1 || axis + value.Rank == 1
            ? Value.Matrix(value.Type, value.Columns)
            : throw node.Refuse("changes the number of rows");
    }

    public static Value Squeeze(Node node)
    {
        var value = node.Value(0);
        var kept = value.Shape.ToList();
        foreach (var axis in Axes(node).Select(axis => Value.Axis(axis, value.Rank)).Distinct().OrderDescending())
        {
            if (kept[axis - 1] != 1)
            {
                throw node.Refuse("removes a dimension that is not 1");
            }

            kept.RemoveAt(axis - 1);
        }

        return value with { Shape = [.. kept] };
    }

    public static Value Unsqueeze(Node node)
    {
        var value = node.Value(0);
        var axes = Axes(node);
        var shape = value.Shape.ToList();
        foreach (var axis in axes.Select(axis => Value.Axis(axis, value.Rank + axes.Length)).Order())
        {
            shape.Insert(axis - 1, 1);
        }

        return value with { Shape = [.. shape] };
    }

    public static Value Gather(Node node)
    {
        if (node.Constant(0) is { } table)
        {
            return table.Dimensions.Length == 1 ? Choose(node, table) : throw node.Refuse("looks up rows of a constant");
        }

        var value = node.Value(0);
        var axis = Value.Axis(node.Attributes.Int("axis", 0), value.Rank);
        var indices = node.RequireConstant(1);
        RequireAlone(node, value, axis);
        if (axis != value.Rank - 1)
        {
            throw node.Refuse("gathers along another dimension than the last");
        }

        var columns = Array.ConvertAll(indices.Numbers, index => At(node, value, index < 0 ? index + value.Columns.Length : index));
        return new Value(value.Type, [.. value.Shape[..(axis - 1)], .. indices.Dimensions.Select(dimension => (int)dimension)], columns);
    }

    /// <summary>ExpandDims of com.microsoft: Unsqueeze along one dimension.</summary>
    public static Value ExpandDimensions(Node node)
    {
        var value = node.Value(0);
        var place = node.RequireConstant(1).Numbers is [var axis]
            ? Value.Axis((long)axis, value.Rank + 1)
            : throw node.Refuse("names no dimension");
        return value with { Shape = [.. value.Shape[..(place - 1)], 1, .. value.Shape[(place - 1)..]] };
    }

    public static Constant Transpose(Node node)
    {
        var matrix = node.RequireConstant(0);
        if (matrix.Dimensions is not [var rows, var columns]
            || matrix.Type == TensorElementType.String
            || node.Attributes.Ints("perm") is not ([] or [1, 0]))
        {
            throw node.Refuse("works on something else than a constant matrix");
        }

        var numbers = new double[matrix.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = matrix.Numbers[(i % rows * columns) + (i / rows)];
        }

        return matrix with { Dimensions = [columns, rows], Numbers = numbers };
    }

    public static Value Slice(Node node)
    {
        var value = node.Value(0);
        var (starts, ends) = (node.RequireConstant(1).Numbers, node.RequireConstant(2).Numbers);
        var axes = node.Has(3) ? node.RequireConstant(3).Numbers : [];
        var steps = node.Has(4) ? node.RequireConstant(4).Numbers : [1];
        if (value.Rank != 2 || axes is not ([1] or [-1]) || starts.Length != 1 || ends.Length != 1 || steps is not [1])
        {
            throw node.Refuse("takes something else than neighbouring columns");
        }

        var (start, end) = (Place(starts[0]), Place(ends[0]));
        return start < end ? Value.Matrix(value.Type, value.Columns[start..end]) : throw node.Refuse("takes no column");

        int Place(double place) => (int)Math.Clamp(place < 0 ? place + value.Columns.Length : place, 0, value.Columns.Length);
    }

    public static Value ExtractFeatures(Node node)
    {
        if (node.Constant(0) is { } table)
        {
            return Choose(node, table);
        }

        var value = node.Value(0);
        value.RequireFlat();
        var columns = Array.ConvertAll(node.RequireConstant(1).Numbers, index => At(node, value, index));
        return new Value(value.Type, [.. value.Shape[..^1], columns.Length], columns);
    }

    // The label at the index of the largest score.
    private static Value Choose(Node node, Constant table)
    {
        var index = node.Value(1);
        if (index.Columns is not [ChoiceColumn { Numbers: { } places } choice]
            || places.Any(place => !(place >= 0 && place < table.Length)))
        {
            throw node.Refuse("looks up a constant at a computed index");
        }

        var chosen = table.Type == TensorElementType.String
            ? new ChoiceColumn(choice.Register, Array.ConvertAll(places, place => table.Texts[(int)place]), null)
            : new ChoiceColumn(choice.Register, null, Array.ConvertAll(places, place => table.Numbers[(int)place]));

        // ArrayFeatureExtractor answers [1, N], which only a reshape to [N] can take, so the vector stands for both.
        return node.Operator == "Gather" ? index with { Type = table.Type, Columns = [chosen] } : Value.Vector(table.Type, chosen);
    }

    private static Column At(Node node, Value value, double index) =>
        index >= 0 && index < value.Columns.Length
            ? value.Columns[(int)index]
            : throw node.Refuse($"takes column {index} of {value.Columns.Length}");

    private static long[] Axes(Node node)
    {
        var axes = node.Constant(1)?.Numbers.Select(axis => (long)axis).ToArray() ?? [.. node.Attributes.Ints("axes")];
        return axes.Length > 0 ? axes : throw node.Refuse("names no dimension");
    }

    // Columns along an axis are consecutive only if all dimensions before it are 1.
    private static void RequireAlone(Node node, Value value, int axis)
    {
        for (var i = 1; i < axis && i < value.Rank; i++)
        {
            if (value.Shape[i - 1] != 1)
            {
                throw node.Refuse("works on a tensor with more dimensions than a table");
            }
        }
    }
}
