using System.Numerics.Tensors;

namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>The same operation on each value of a row, each with a constant of its own.</summary>
internal sealed class ArithmeticRow
{
    private readonly string _operation;
    private readonly bool _isLeft;
    private readonly bool _isDouble;
    private readonly double[] _constants;

    private ArithmeticRow(Arithmetic first, double[] constants) =>
        (_operation, _isLeft, _isDouble, _constants) = (first.Operation, first.IsLeft, first.IsDouble, constants);

    /// <returns>Null when the steps are not all of one operation.</returns>
    public static ArithmeticRow? TryJoin(Step[] steps)
    {
        var constants = new double[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i] is not Arithmetic step
                || steps[0] is not Arithmetic first
                || step.Operation != first.Operation
                || step.IsLeft != first.IsLeft
                || step.IsDouble != first.IsDouble)
            {
                return null;
            }

            constants[i] = step.Constant;
        }

        return steps is [Arithmetic any, ..] ? new ArithmeticRow(any, constants) : null;
    }

    public void Apply(Span<double> values)
    {
        ToSingle.Round(values, _isDouble);
        switch (_operation)
        {
            case "Add":
                TensorPrimitives.Add<double>(values, _constants, values);
                break;
            case "Mul":
                TensorPrimitives.Multiply<double>(values, _constants, values);
                break;
            case "Sub" when _isLeft:
                TensorPrimitives.Subtract<double>(_constants, values, values);
                break;
            case "Sub":
                TensorPrimitives.Subtract<double>(values, _constants, values);
                break;
            default:
                if (_isLeft)
                {
                    TensorPrimitives.Divide<double>(_constants, values, values);
                }
                else
                {
                    TensorPrimitives.Divide<double>(values, _constants, values);
                }

                break;
        }

        ToSingle.Round(values, _isDouble);
    }
}
