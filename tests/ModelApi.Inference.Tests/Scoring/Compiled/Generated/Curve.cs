using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>A function of each number.</summary>
/// <param name="Operator">The operator; comparisons and the like take <see cref="Bound"/> as their other operand.</param>
internal sealed record Curve(string Operator) : NumberStep
{
    private const float Bound = 0.5f;

    /// <summary>The functions that have the same bits everywhere, so that trees may follow.</summary>
    public static readonly string[] Exact =
    [
        "Abs", "Ceil", "Clip", "Equal", "Floor", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Min", "Neg", "Relu", "Sign",
        "Sqrt", "Sum", "Where",
    ];

    /// <summary>The functions whose last digit depends on the library.</summary>
    public static readonly string[] Inexact =
    [
        "Elu", "HardSigmoid", "HardSwish", "LeakyRelu", "Log", "Pow", "Reciprocal", "Selu", "Sigmoid", "Softplus", "Softsign", "Tanh",
    ];

    public override IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values) =>
        [.. values.Select(column => Array.ConvertAll(column, value => (float)Of(Operator, value)))];

    /// <summary>The function of one number.</summary>
    public static double Of(string name, double x) => name switch
    {
        "Abs" => Math.Abs(x),
        "Ceil" => Math.Ceiling(x),
        "Clip" => double.IsNaN(x) ? x : Math.Clamp(x, Bound, 2),
        "Elu" => x < 0 ? Math.Exp(x) - 1 : x,
        "Equal" => x == Bound ? 1 : 0,
        "Exp" => Math.Exp(x),
        "Floor" => Math.Floor(x),
        "Greater" => x > Bound ? 1 : 0,
        "GreaterOrEqual" => x >= Bound ? 1 : 0,
        "HardSigmoid" => double.IsNaN(x) ? x : Math.Clamp((0.2f * x) + 0.5, 0, 1),
        "HardSwish" => double.IsNaN(x) ? x : x * Math.Clamp((x / 6) + 0.5, 0, 1),
        "LeakyRelu" => x < 0 ? 0.01f * x : x,
        "Less" => x < Bound ? 1 : 0,
        "LessOrEqual" => x <= Bound ? 1 : 0,
        "Log" => Math.Log(x),
        "Max" => double.IsNaN(x) ? x : Math.Max(x, Bound),
        "Min" => double.IsNaN(x) ? x : Math.Min(x, Bound),
        "Neg" => -x,
        "Pow" => Math.Pow(x, 2),
        "Reciprocal" => 1 / x,
        "Relu" => double.IsNaN(x) ? x : Math.Max(x, 0),
        "Selu" => 1.05070102214813232421875f * (x < 0 ? 1.67326319217681884765625f * (Math.Exp(x) - 1) : x),
        "Sigmoid" => 1 / (1 + Math.Exp(-x)),
        "Sign" => double.IsNaN(x) ? x : Math.Sign(x),
        "Softplus" => x > 30 ? x : Math.Log(1 + Math.Exp(x)),
        "Softsign" => x / (1 + Math.Abs(x)),
        "Sqrt" => Math.Sqrt(x),
        "Sum" => (float)x + Bound,
        "Tanh" => Math.Tanh(x),
        "Where" => x != 0 ? x : Bound,
        _ => x,
    };

    public override string Write(GraphWriter writer, string value, int columns) => Write(writer, value, Operator);

    public static string Write(GraphWriter writer, string value, string name)
    {
        switch (name)
        {
            case "Clip":
                return writer.Add("Clip", [value, writer.Constant([Bound]), writer.Constant([2f])]);
            case "Pow":
                return writer.Add("Pow", [value, writer.Constant([2f])]);
            case "Max" or "Min" or "Sum":
                return writer.Add(name, [value, writer.Constant([Bound])]);
            case "Equal" or "Greater" or "GreaterOrEqual" or "Less" or "LessOrEqual":
                return writer.Add("Cast", writer.Add(name, [value, writer.Constant([Bound])]), ("to", (int)TensorElementType.Float));
            case "Where":
                var isSet = writer.Add("Cast", value, ("to", (int)TensorElementType.Bool));
                return writer.Add("Where", [isSet, value, writer.Constant([Bound])]);
            default:
                return writer.Add(name, value);
        }
    }

    protected override string Describe() => Operator;
}
