using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Benchmarks.Yardstick;

/// <summary>One input tensor with the features that are its columns.</summary>
internal sealed class BoundInput : IDisposable
{
    private readonly Signature _signature;
    private readonly IReadOnlyList<int> _features;
    private readonly float[]? _numbers;

    public BoundInput(Signature signature, IReadOnlyList<int> features, TensorElementType type, long[] shape)
    {
        _signature = signature;
        _features = features;
        if (type == TensorElementType.String)
        {
            Value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        }
        else if (type == TensorElementType.Float)
        {
            _numbers = new float[shape.Aggregate((product, size) => product * size)];
            Value = OrtValue.CreateTensorValueFromMemory(_numbers, shape);
        }
        else
        {
            throw new MeasuringException($"A graph input of type {type} is not known to the yardstick.");
        }
    }

    public OrtValue Value { get; }

    public void Fill(FeatureBatch features)
    {
        for (var column = 0; column < _features.Count; column++)
        {
            if (_numbers is not null)
            {
                var source = features.Numbers(_features[column]);
                for (var row = 0; row < source.Length; row++)
                {
                    _numbers[(row * _features.Count) + column] = (float)source[row];
                }
            }
            else
            {
                FillTexts(features, column);
            }
        }
    }

    public void Dispose() => Value.Dispose();

    private void FillTexts(FeatureBatch features, int column)
    {
        var feature = _features[column];
        var codes = features.Codes(feature);
        var texts = features.Texts(feature);
        for (var row = 0; row < features.Rows; row++)
        {
            var utf8 = codes[row] != CategoryTable.Unknown
                ? _signature.Features[feature].Categories!.Utf8(codes[row])
                : Encoding.UTF8.GetBytes(texts[row] ?? "");
            Value.StringTensorSetElementAt(utf8, (row * _features.Count) + column);
        }
    }
}
