using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Operators on values at the same place of several tensors; source: https://onnx.ai/onnx/operators/.</summary>
internal static class ElementOperators
{
    public static GraphValue Calculate(Node node) =>
        Combine(node, TypeOf(node), (left, right) => Arithmetic.Of(node.Operator, left, right));

    public static GraphValue Pow(Node node) => Combine(node, TypeOf(node), Math.Pow);

    public static GraphValue Max(Node node) => Fold(node, Math.Max);

    public static GraphValue Min(Node node) => Fold(node, Math.Min);

    public static GraphValue Sum(Node node) => Fold(node, static (left, right) => left + right);

    public static GraphValue Equal(Node node) => Compare(node, static (left, right) => left == right);

    public static GraphValue Greater(Node node) => Compare(node, static (left, right) => left > right);

    public static GraphValue GreaterOrEqual(Node node) => Compare(node, static (left, right) => left >= right);

    public static GraphValue Less(Node node) => Compare(node, static (left, right) => left < right);

    public static GraphValue LessOrEqual(Node node) => Compare(node, static (left, right) => left <= right);

    public static GraphValue And(Node node) => Combine(node, TensorElementType.Bool, static (left, right) => left * right);

    public static GraphValue Or(Node node) => Combine(node, TensorElementType.Bool, Math.Max);

    public static GraphValue Not(Node node)
    {
        var value = node.Value(0);
        return value with { Columns = node.Map(value.Columns, new Arithmetic("Sub", 1, isLeft: true, isDouble: true)) };
    }

    public static GraphValue Where(Node node)
    {
        var (one, other) = (node.Operand(1), node.Operand(2));
        var type = one is Value value ? value.Type : ((Constant)one).Type;
        var (shape, operands) = node.Spread(node.Value(0), one, other);
        var first = node.Plan.Reserve(operands[0].Length);
        node.Plan.Add(new ElementStage(operands, Choose, first));
        return new Value(type, shape, PlanBuilder.Outputs(first, operands[0].Length));

        static void Choose(double[][] operands, Span<double> result)
        {
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = operands[0][i] != 0 ? operands[1][i] : operands[2][i];
            }
        }
    }

    // The type of an arithmetic result.
    private static TensorElementType TypeOf(Node node) => node.IsDouble(0) ? TensorElementType.Double : TensorElementType.Float;

    private static GraphValue Compare(Node node, Func<double, double, bool> compare)
    {
        // Sums of products have 64 bits here, and are compared as the floats that they stand for.
        return node.Operand(0) is Value { Type: TensorElementType.Float } or Constant { Type: TensorElementType.Float }
            ? Combine(node, TensorElementType.Bool, (left, right) => compare((float)left, (float)right) ? 1 : 0)
            : Combine(node, TensorElementType.Bool, (left, right) => compare(left, right) ? 1 : 0);
    }

    private static GraphValue Fold(Node node, Func<double, double, double> function)
    {
        var type = TypeOf(node);
        var result = node.Operand(0);
        for (var i = 1; i < node.Inputs; i++)
        {
            result = Combine(node, type, result, node.Operand(i), function);
        }

        return result;
    }

    private static GraphValue Combine(Node node, TensorElementType type, Func<double, double, double> function) =>
        Combine(node, type, node.Operand(0), node.Operand(1), function);

    private static GraphValue Combine(
        Node node, TensorElementType type, GraphValue one, GraphValue other, Func<double, double, double> function)
    {
        var isFloat = type == TensorElementType.Float;
        Func<double, double, double> rounded = isFloat ? (left, right) => (float)function(left, right) : function;
        switch (one, other)
        {
            case (Constant left, Constant right):
                return left.Combine(right, type, rounded);
            case (Value left, Value right):
                var (shape, columns) = node.Spread(left, right);
                return new Value(type, shape, Combine(node, columns[0], columns[1], rounded));
            case (Constant constant, Value value):
                return Combine(node, type, value, constant, true, rounded);
            default:
                return Combine(node, type, (Value)one, (Constant)other, false, rounded);
        }
    }

    private static Value Combine(
        Node node, TensorElementType type, Value value, Constant constant, bool isLeft, Func<double, double, double> rounded)
    {
        var (shape, spread) = node.Spread(value, constant);
        var (columns, numbers) = (spread[0], spread[1]);
        if (SparseStage.Of(columns) is { } sparse && node.Operator == "Mul" && constant.Numbers.All(double.IsFinite))
        {
            var scaled = new SparseScaleStage(sparse, [.. numbers.Select(number => ((ConstantColumn)number).Value)]);
            node.Plan.Add(scaled);
            return new Value(type, shape, scaled.Columns());
        }

        return new Value(type, shape, node.Map(columns, StepOf));

        Step StepOf(int column)
        {
            var number = ((ConstantColumn)numbers[column]).Value;
            return node.Operator switch
            {
                "Add" or "Sub" or "Mul" or "Div" => new Arithmetic(node.Operator, number, isLeft, type == TensorElementType.Double),
                "Equal" => new Equal(number),
                _ => new Function(
                    values =>
                    {
                        foreach (ref var value in values)
                        {
                            value = isLeft ? rounded(number, value) : rounded(value, number);
                        }
                    },
                    isDouble: true),
            };
        }
    }

    private static Column[] Combine(
        Node node, Column[] lefts, Column[] rights, Func<double, double, double> rounded)
    {
        var results = new Column[lefts.Length];
        var rest = new List<int>();
        for (var i = 0; i < results.Length; i++)
        {
            switch (lefts[i], rights[i])
            {
                case (ConstantColumn left, ConstantColumn right):
                    results[i] = new ConstantColumn(rounded(left.Value, right.Value));
                    break;
                case (CategoryColumn left, CategoryColumn right) when left.Source == right.Source:
                    results[i] = left.With(right, rounded);
                    break;
                default:
                    rest.Add(i);
                    break;
            }
        }

        if (rest.Count == 0)
        {
            return results;
        }

        var first = node.Plan.Reserve(rest.Count);
        Column[][] operands = [[.. rest.Select(i => lefts[i])], [.. rest.Select(i => rights[i])]];
        node.Plan.Add(new ElementStage(operands, Apply, first));
        for (var i = 0; i < rest.Count; i++)
        {
            results[rest[i]] = new RegisterColumn(first + i);
        }

        return results;

        void Apply(double[][] operands, Span<double> result)
        {
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = rounded(operands[0][i], operands[1][i]);
            }
        }
    }
}
