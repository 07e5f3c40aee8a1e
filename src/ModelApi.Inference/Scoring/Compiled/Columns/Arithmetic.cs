using System.Numerics.Tensors;

namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>The four operations with a constant.</summary>
/// <remarks>
/// 32-bit floats are computed in 64 bits and rounded, which gives the same number: a double holds more than twice the digits of a float.
/// </remarks>
/// <param name="operation">The operation's ONNX name.</param>
/// <param name="constant">The other operand.</param>
/// <param name="isLeft">Whether the constant is the left operand.</param>
/// <param name="isDouble">Whether numbers have 64 bits.</param>
internal sealed class Arithmetic(string operation, double constant, bool isLeft, bool isDouble) : Step
{
    // A row goes through no comparison of texts.
    private readonly char _sign = operation switch
    {
        "Add" => '+',
        "Sub" => '-',
        "Mul" => '*',
        _ => '/',
    };

    public string Operation { get; } = operation;

    public double Constant { get; } = constant;

    public bool IsLeft { get; } = isLeft;

    public bool IsDouble { get; } = isDouble;

    public override int Direction => (Operation, IsLeft) switch
    {
        _ when !double.IsFinite(Constant) => 0,
        ("Add", _) or ("Sub", false) => 1,
        ("Sub", true) => -1,
        ("Mul", _) or ("Div", false) => Math.Sign(Constant),
        _ => 0,
    };

    /// <summary>The result of an operation, not rounded yet.</summary>
    public static double Of(string operation, double left, double right) => operation switch
    {
        "Add" => left + right,
        "Sub" => left - right,
        "Mul" => left * right,
        _ => left / right,
    };

    public override double Apply(double value)
    {
        value = IsDouble ? value : (float)value;
        var (left, right) = IsLeft ? (Constant, value) : (value, Constant);
        var result = _sign switch
        {
            '+' => left + right,
            '-' => left - right,
            '*' => left * right,
            _ => left / right,
        };
        return IsDouble ? result : (float)result;
    }

    public override void Apply(Span<double> values)
    {
        ToSingle.Round(values, IsDouble);
        switch (Operation)
        {
            case "Add":
                TensorPrimitives.Add(values, Constant, values);
                break;
            case "Mul":
                TensorPrimitives.Multiply(values, Constant, values);
                break;
            case "Sub" when IsLeft:
                TensorPrimitives.Subtract(Constant, values, values);
                break;
            case "Sub":
                TensorPrimitives.Subtract(values, Constant, values);
                break;
            default:
                if (IsLeft)
                {
                    TensorPrimitives.Divide(Constant, values, values);
                }
                else
                {
                    TensorPrimitives.Divide(values, Constant, values);
                }

                break;
        }

        ToSingle.Round(values, IsDouble);
    }
}
