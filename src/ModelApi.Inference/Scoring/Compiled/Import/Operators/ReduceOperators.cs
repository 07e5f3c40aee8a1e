using System.Numerics.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Operators that make one number of a row, or of a dimension of a constant; source: https://onnx.ai/onnx/operators/.</summary>
/// <remarks>ReduceMax and ReduceMin are left out: what ONNX Runtime makes of a missing value among others depends on its place.</remarks>
internal static class ReduceOperators
{
    public static GraphValue Sum(Node node) => Reduce(node, 13, static values => TensorPrimitives.Sum(values));

    public static GraphValue Mean(Node node) => Reduce(node, 18, static values => TensorPrimitives.Sum(values) / values.Length);

    public static GraphValue Product(Node node) => Reduce(node, 18, static values => TensorPrimitives.Product(values));

    public static GraphValue SumOfMagnitudes(Node node) => Reduce(node, 18, static values => TensorPrimitives.SumOfMagnitudes(values));

    public static GraphValue SumOfSquares(Node node) => Reduce(node, 18, static values => TensorPrimitives.SumOfSquares(values));

    public static GraphValue Length(Node node) => Reduce(node, 18, static values => Math.Sqrt(TensorPrimitives.SumOfSquares(values)));

    public static GraphValue LogSumOfPowers(Node node) => Reduce(node, 18, LogSumOfPowers);

    /// <summary>Softmax of 64-bit floats.</summary>
    public static Value Softmax(Node node, Value value)
    {
        var first = node.Plan.Reserve(value.Columns.Length + 1);
        node.Plan.Add(new ReduceStage(value.Columns, LogSumOfPowers, true, first));
        Column[] sums = [.. value.Columns.Select(_ => new RegisterColumn(first))];
        node.Plan.Add(new ElementStage([value.Columns, sums], Divide, first + 1));
        return value with { Columns = PlanBuilder.Outputs(first + 1, value.Columns.Length) };

        static void Divide(double[][] operands, Span<double> result)
        {
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = Math.Exp(operands[0][i] - operands[1][i]);
            }
        }
    }

    private static double LogSumOfPowers(ReadOnlySpan<double> values)
    {
        // Without the largest, sums of powers overflow; an infinite one would make all the others missing.
        var largest = TensorPrimitives.Max(values);
        largest = double.IsInfinity(largest) ? 0 : largest;
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += Math.Exp(value - largest);
        }

        return largest + Math.Log(sum);
    }

    private static GraphValue Reduce(Node node, int firstWithInput, RowFunction function)
    {
        long[] axes = node.Opset < firstWithInput ? node.Attributes.Ints("axes")
            : node.Has(1) ? [.. node.RequireConstant(1).Numbers.Select(axis => (long)axis)]
            : [];
        var keeps = node.Attributes.Int("keepdims", 1) != 0;
        if (axes is not [var only])
        {
            throw node.Refuse("works along another number of dimensions than one");
        }

        var isDouble = node.IsDouble(0);
        if (node.Constant(0) is { } constant)
        {
            return Reduce(node, constant, only, keeps, function, isDouble);
        }

        var value = node.Value(0);
        var axis = Value.Axis(only, value.Rank) - 1;
        var (length, inner) = (value.Shape[axis], value.Shape.Skip(axis + 1).Aggregate(1, (product, dimension) => product * dimension));
        var count = length == 0 ? throw node.Refuse("works along an empty dimension") : value.Columns.Length / length;
        var first = node.Plan.Reserve(count);
        for (var i = 0; i < count; i++)
        {
            var start = (i / inner * length * inner) + (i % inner);
            Column[] columns = [.. Enumerable.Range(0, length).Select(j => value.Columns[start + (j * inner)])];
            node.Plan.Add(new ReduceStage(columns, function, isDouble, first + i));
        }

        int[] kept = keeps ? [1] : [];
        return new Value(value.Type, [.. value.Shape[..axis], .. kept, .. value.Shape[(axis + 1)..]], PlanBuilder.Outputs(first, count));
    }

    private static Constant Reduce(Node node, Constant constant, long only, bool keeps, RowFunction function, bool isDouble)
    {
        var rank = constant.Dimensions.Length;
        var axis = only < 0 ? only + rank : only;
        if (axis < 0 || axis >= rank || constant.Length == 0)
        {
            throw node.Refuse("works along a dimension that does not exist");
        }

        var length = (int)constant.Dimensions[axis];
        var inner = (int)constant.Dimensions.Skip((int)axis + 1).Aggregate(1L, (product, dimension) => product * dimension);
        var numbers = new double[constant.Length / length];
        var values = new double[length];
        for (var i = 0; i < numbers.Length; i++)
        {
            for (var j = 0; j < length; j++)
            {
                values[j] = constant.Numbers[(((i / inner * length) + j) * inner) + (i % inner)];
            }

            var number = function(values);
            numbers[i] = isDouble ? number : (float)number;
        }

        long[] kept = keeps ? [1] : [];
        long[] dimensions = [.. constant.Dimensions[..(int)axis], .. kept, .. constant.Dimensions[((int)axis + 1)..]];
        return new Constant(constant.Type, dimensions, numbers, []);
    }
}
