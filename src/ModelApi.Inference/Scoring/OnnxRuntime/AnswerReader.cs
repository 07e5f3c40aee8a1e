using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>Reads the answer out of the outputs of a call.</summary>
internal sealed class AnswerReader(Bundle bundle)
{
    // Numbers that fit on the stack: the answers to one row, of nearly every model.
    private const int MostStackNumbers = 64;

    private readonly AnswerOutputs _answer = bundle.Answer;
    private readonly AnswerShape _shape = bundle.Manifest.Signature.Answer;
    private readonly ClassLabels? _classes = bundle.Manifest.Signature.Classes;

    /// <summary>Writes the answers to some rows.</summary>
    /// <param name="call">The call, which has run.</param>
    /// <param name="predictions">Sized for the whole batch.</param>
    /// <param name="firstRow">The first of the rows.</param>
    /// <param name="rows">How many rows the call has scored.</param>
    /// <exception cref="UnexpectedAnswerException">The graph answered something else than the manifest says.</exception>
    public void Read(BoundCall call, PredictionBatch predictions, int firstRow, int rows)
    {
        if (_answer.Numbers is { } numbers)
        {
            ReadNumbers(call.Output(numbers.Place), numbers.Type, predictions, firstRow, rows);
        }

        if (_answer.Label is { } label)
        {
            var columns = _shape.LabelColumns;
            ReadLabels(call.Output(label.Place), label.Type, predictions.Labels.Slice(firstRow * columns, rows * columns));
        }
        else if (_shape.LabelColumns > 0)
        {
            DerivedLabels.Write(predictions, firstRow, rows);
        }

        for (var i = 0; i < _answer.Others.Count; i++)
        {
            OtherReader.Read(call.Output(_answer.Others[i].Place), _answer.Others[i].Type, predictions, i, firstRow, rows);
        }
    }

    private void ReadNumbers(BoundTensor output, TensorElementType type, PredictionBatch predictions, int firstRow, int rows)
    {
        var columns = _shape.NumberColumns;
        var layout = _answer.Layout;
        if (layout == NumberLayout.Undeclared)
        {
            layout = output.Shape is { Count: 1 } or [_, 1] ? NumberLayout.SecondOfTwo : NumberLayout.Rows;
        }

        ThrowUnlessLength(output.Count, rows * layout switch
        {
            NumberLayout.SecondOfTwo => 1,
            NumberLayout.TargetsFirst => columns * _classes!.Count,
            _ => columns,
        });
        if (_shape.AreDoubles)
        {
            var destination = predictions.Doubles.Slice(firstRow * columns, rows * columns);
            if (layout == NumberLayout.Rows)
            {
                Copy(output, type, destination);
                return;
            }

            var values = output.Count <= MostStackNumbers ? stackalloc double[output.Count] : new double[output.Count];
            Copy(output, type, values);
            Arrange<double>(values, destination, layout, rows, 1);
        }
        else
        {
            var destination = predictions.Numbers.Slice(firstRow * columns, rows * columns);
            if (layout == NumberLayout.Rows)
            {
                Copy(output, type, destination);
                return;
            }

            var values = output.Count <= MostStackNumbers ? stackalloc float[output.Count] : new float[output.Count];
            Copy(output, type, values);
            Arrange<float>(values, destination, layout, rows, 1);
        }
    }

    private void Arrange<T>(ReadOnlySpan<T> values, Span<T> destination, NumberLayout layout, int rows, T one)
        where T : struct, System.Numerics.INumber<T>
    {
        if (layout == NumberLayout.SecondOfTwo)
        {
            for (var row = 0; row < rows; row++)
            {
                destination[2 * row] = one - values[row];
                destination[(2 * row) + 1] = values[row];
            }

            return;
        }

        var (targets, classes) = (_shape.NumberColumns, _classes!.Count);
        for (var target = 0; target < targets; target++)
        {
            for (var row = 0; row < rows; row++)
            {
                destination[(row * targets) + target] = values[(((target * rows) + row) * classes) + 1];
            }
        }
    }

    private static void Copy(BoundTensor output, TensorElementType type, Span<float> destination)
    {
        if (type == TensorElementType.Float)
        {
            output.Numbers<float>().CopyTo(destination);
        }
        else
        {
            Tensors.Convert(output, type, destination);
        }
    }

    private static void Copy(BoundTensor output, TensorElementType type, Span<double> destination)
    {
        if (type == TensorElementType.Double)
        {
            output.Numbers<double>().CopyTo(destination);
        }
        else
        {
            Tensors.Convert(output, type, destination);
        }
    }

    private void ReadLabels(BoundTensor output, TensorElementType type, Span<int> labels)
    {
        var classes = _classes!;
        ThrowUnlessLength(output.Count, labels.Length);
        switch (type)
        {
            case TensorElementType.Int64:
                var integers = output.Numbers<long>();
                for (var i = 0; i < labels.Length; i++)
                {
                    labels[i] = Known(classes.IndexOf(integers[i]));
                }

                break;
            case TensorElementType.String:
                for (var i = 0; i < labels.Length; i++)
                {
                    labels[i] = Known(classes.IndexOf(output.Value.GetStringElementAsSpan(i)));
                }

                break;
            default:
                var numbers = labels.Length <= MostStackNumbers ? stackalloc double[labels.Length] : new double[labels.Length];
                Tensors.Convert<double>(output, type, numbers);
                for (var i = 0; i < labels.Length; i++)
                {
                    labels[i] = Known(classes.IndexOf(numbers[i]));
                }

                break;
        }
    }

    private static int Known(int label) =>
        label >= 0 ? label : throw new UnexpectedAnswerException("The graph answered a class that the manifest does not name.");

    private static void ThrowUnlessLength(int actual, int expected)
    {
        if (actual != expected)
        {
            throw new UnexpectedAnswerException($"The graph answered {actual} values where {expected} are due.");
        }
    }
}
