using System.Numerics.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Functions of each number; source: https://onnx.ai/onnx/operators/.</summary>
/// <remarks>NaN stays NaN in all of them, as ONNX Runtime has it.</remarks>
internal static class FunctionOperators
{
    public static GraphValue Abs(Node node) => Map(node, static values => TensorPrimitives.Abs(values, values));

    public static GraphValue Ceil(Node node) => Map(node, static values => TensorPrimitives.Ceiling(values, values));

    public static GraphValue Clip(Node node)
    {
        // The bounds are attributes before opset 11, and inputs since.
        var (low, high) = node.Opset < 11
            ? (node.Attributes.Float("min", float.MinValue), node.Attributes.Float("max", float.MaxValue))
            : (Bound(1, double.NegativeInfinity), Bound(2, double.PositiveInfinity));
        return Map(node, values =>
        {
            TensorPrimitives.Max(values, low, values);
            TensorPrimitives.Min(values, high, values);
        });

        double Bound(int input, double none) => !node.Has(input) ? none
            : node.RequireConstant(input) is { Numbers: [var bound] } ? bound
            : throw node.Refuse("has a bound that is not one number");
    }

    public static GraphValue Elu(Node node)
    {
        double alpha = node.Attributes.Float("alpha", 1);
        return Map(node, value => value < 0 ? alpha * (Math.Exp(value) - 1) : value);
    }

    public static GraphValue Exp(Node node) => Map(node, static values => TensorPrimitives.Exp(values, values));

    public static GraphValue Floor(Node node) => Map(node, static values => TensorPrimitives.Floor(values, values));

    public static GraphValue HardSigmoid(Node node)
    {
        double alpha = node.Attributes.Float("alpha", 0.2f), beta = node.Attributes.Float("beta", 0.5f);
        return Map(node, value => Math.Clamp((alpha * value) + beta, 0, 1));
    }

    public static GraphValue HardSwish(Node node) => Map(node, static value => value * Math.Clamp((value / 6) + 0.5, 0, 1));

    public static GraphValue LeakyRelu(Node node)
    {
        double alpha = node.Attributes.Float("alpha", 0.01f);
        return Map(node, value => value < 0 ? alpha * value : value);
    }

    public static GraphValue Log(Node node) => Map(node, static values => TensorPrimitives.Log(values, values));

    public static GraphValue Neg(Node node) => Map(node, static values => TensorPrimitives.Negate(values, values));

    public static GraphValue Reciprocal(Node node) => Map(node, static values => TensorPrimitives.Divide(1, values, values));

    public static GraphValue Relu(Node node) => Map(node, static values => TensorPrimitives.Max(values, 0, values));

    public static GraphValue Selu(Node node)
    {
        double alpha = node.Attributes.Float("alpha", 1.67326319217681884765625f);
        double gamma = node.Attributes.Float("gamma", 1.05070102214813232421875f);
        return Map(node, value => gamma * (value < 0 ? alpha * (Math.Exp(value) - 1) : value));
    }

    /// <summary>The logistic function of numbers clamped to ±18, as ONNX Runtime clamps 32-bit floats.</summary>
    public static GraphValue Sigmoid(Node node)
    {
        var isDouble = node.IsDouble(0);
        return Map(
            node,
            values =>
            {
                if (!isDouble)
                {
                    TensorPrimitives.Min(values, 18, values);
                    TensorPrimitives.Max(values, -18, values);
                }

                TensorPrimitives.Sigmoid(values, values);
            },
            value => 1 / (1 + Math.Exp(-(isDouble ? value : Math.Max(Math.Min(value, 18), -18)))));
    }

    public static GraphValue Sign(Node node) => Map(node, static value => double.IsNaN(value) ? value : Math.Sign(value));

    public static GraphValue Softplus(Node node) =>
        Map(node, static value => Math.Max(value, 0) + Math.Log(1 + Math.Exp(-Math.Abs(value))));

    public static GraphValue Softsign(Node node) => Map(node, static value => value / (1 + Math.Abs(value)));

    public static GraphValue Sqrt(Node node) => Map(node, static values => TensorPrimitives.Sqrt(values, values));

    public static GraphValue Tanh(Node node) => Map(node, static values => TensorPrimitives.Tanh(values, values));

    private static GraphValue Map(Node node, Func<double, double> single) => Map(
        node,
        values =>
        {
            foreach (ref var value in values)
            {
                value = single(value);
            }
        },
        single);

    private static GraphValue Map(Node node, NumberFunction function, Func<double, double>? single = null)
    {
        var step = new Function(function, node.IsDouble(0), single);
        if (node.Constant(0) is { } constant)
        {
            return constant with { Numbers = Array.ConvertAll(constant.Numbers, step.Apply) };
        }

        var value = node.Value(0);
        return value with { Columns = node.Map(value.Columns, step) };
    }
}
