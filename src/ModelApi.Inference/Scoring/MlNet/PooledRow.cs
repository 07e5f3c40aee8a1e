using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.MlNet;

/// <summary>A row of inputs with the row of answers that follows from it, kept for reuse. For one thread at a time.</summary>
internal sealed class PooledRow : IDisposable
{
    private readonly InputRow _input;
    private readonly DataViewRow _output;
    private readonly Func<int>? _label;
    private readonly ValueGetter<float>? _number;
    private readonly ValueGetter<VBuffer<float>>? _numbers;
    private readonly NumberKind _kind;
    private VBuffer<float> _buffer;

    public PooledRow(MlNetModel model, MlNetPlan plan, Signature signature)
    {
        _input = new InputRow(model.InputSchema, plan.Sources);
        _output = model.Connect(_input, plan.Answers);
        _label = plan.Label is { } label ? LabelReader.Create(_output, label, signature) : null;
        _kind = signature.Answer.Numbers;
        if (plan.Numbers is { Type: VectorDataViewType } vector)
        {
            _numbers = _output.GetGetter<VBuffer<float>>(vector);
        }
        else if (plan.Numbers is { } single)
        {
            _number = _output.GetGetter<float>(single);
        }
    }

    /// <summary>Scores one row.</summary>
    /// <param name="features">The batch.</param>
    /// <param name="row">The row in it.</param>
    /// <param name="label">Receives the index of the class; empty when the model names none.</param>
    /// <param name="numbers">Receives the numbers.</param>
    /// <exception cref="InvalidOperationException">The model answered with a class that the signature does not name.</exception>
    public void Score(FeatureBatch features, int row, Span<int> label, Span<float> numbers)
    {
        _input.MoveTo(features, row);
        if (_label is not null)
        {
            label[0] = _label() is >= 0 and var index
                ? index
                : throw new InvalidOperationException("The model answered a class that the manifest does not name.");
        }

        if (_numbers is not null)
        {
            _numbers(ref _buffer);
            _buffer.CopyTo(numbers);
        }
        else if (_number is not null)
        {
            var number = 0f;
            _number(ref number);
            numbers[^1] = number;
            if (numbers.Length == 2)
            {
                numbers[0] = _kind == NumberKind.Probabilities ? 1 - number : -number;
            }
        }
    }

    /// <summary>Lets go of what belongs to a request.</summary>
    public void Clear() => _input.Clear();

    /// <inheritdoc/>
    public void Dispose() => _output.Dispose();
}
