using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>One loaded graph with the tensors that feed it.</summary>
internal sealed class GraphSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly GraphStepInput[] _inputs;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly Signature _signature;

    public GraphSession(GraphStep step, string folder, Signature signature)
    {
        using var options = new SessionOptions();
        options.DisablePerSessionThreads();
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        _session = new InferenceSession(step.Graph.Content, options);
        _inputs = [.. step.Inputs];
        _inputNames = [.. step.Inputs.Select(input => input.Name)];
        _outputNames = [.. step.Graph.Outputs.Select(output => output.Name)];
        _signature = signature;
    }

    /// <param name="run">Shared by all calls.</param>
    /// <param name="features">The rows.</param>
    /// <param name="earlier">The outputs of the graphs that ran before, by step.</param>
    /// <returns>The outputs, in the order of the graph; the caller disposes of them.</returns>
    public IDisposableReadOnlyCollection<OrtValue> Run(
        RunOptions run, FeatureBatch features, IDisposableReadOnlyCollection<OrtValue>[] earlier)
    {
        var values = new OrtValue[_inputs.Length];
        var made = new List<OrtValue>(_inputs.Length);
        try
        {
            for (var i = 0; i < _inputs.Length; i++)
            {
                if (_inputs[i].Earlier is { } place)
                {
                    values[i] = earlier[place.Step][place.Output];
                }
                else
                {
                    values[i] = ToTensor(_inputs[i], features);
                    made.Add(values[i]);
                }
            }

            return _session.Run(run, _inputNames, values, _outputNames);
        }
        finally
        {
            foreach (var value in made)
            {
                value.Dispose();
            }
        }
    }

    public void Dispose() => _session.Dispose();

    private OrtValue ToTensor(GraphStepInput input, FeatureBatch features)
    {
        long[] shape = input.Rank == 1 ? [features.Rows] : [features.Rows, input.Features.Count];
        if (input.ElementType == TensorElementType.String)
        {
            var strings = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
            FillStrings(strings, input, features);
            return strings;
        }

        var numbers = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.ElementType, shape);
        for (var column = 0; column < input.Features.Count; column++)
        {
            var source = features.Numbers(input.Features[column]);
            switch (input.ElementType)
            {
                // The trainer rounds its doubles to floats as well, so this is the same value.
                case TensorElementType.Float:
                    Fill(numbers.GetTensorMutableDataAsSpan<float>(), column, input.Features.Count, source, value => (float)value);
                    break;
                case TensorElementType.Double:
                    Fill(numbers.GetTensorMutableDataAsSpan<double>(), column, input.Features.Count, source, value => value);
                    break;
                case TensorElementType.Int64:
                    Fill(numbers.GetTensorMutableDataAsSpan<long>(), column, input.Features.Count, source, value => (long)value);
                    break;
                case TensorElementType.Bool:
                    Fill(numbers.GetTensorMutableDataAsSpan<bool>(), column, input.Features.Count, source, value => value != 0);
                    break;
                default:
                    numbers.Dispose();
                    throw new NotSupportedException($"A graph input of type {input.ElementType} cannot be fed from features.");
            }
        }

        return numbers;
    }

    private void FillStrings(OrtValue tensor, GraphStepInput input, FeatureBatch features)
    {
        for (var column = 0; column < input.Features.Count; column++)
        {
            var feature = input.Features[column];
            var categories = _signature.Features[feature].Categories;
            var codes = features.Codes(feature);
            var texts = features.Texts(feature);
            for (var row = 0; row < features.Rows; row++)
            {
                var element = (row * input.Features.Count) + column;
                if (codes[row] != CategoryTable.Unknown)
                {
                    tensor.StringTensorSetElementAt(categories!.Utf8(codes[row]), element);
                }
                else if (texts[row] is { } text)
                {
                    tensor.StringTensorSetElementAt(Encoding.UTF8.GetBytes(text), element);
                }
            }
        }
    }

    private static void Fill<T>(Span<T> destination, int column, int columns, ReadOnlySpan<double> source, Func<double, T> convert)
    {
        for (var row = 0; row < source.Length; row++)
        {
            destination[(row * columns) + column] = convert(source[row]);
        }
    }
}
