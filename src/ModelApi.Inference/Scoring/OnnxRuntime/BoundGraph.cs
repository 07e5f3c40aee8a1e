using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>A graph with its input and output tensors, which stay bound for all calls with the same number of rows.</summary>
/// <remarks>
/// ONNX Runtime makes the outputs in the first call. Outputs whose shape the graph declares stay bound, and later calls write into
/// them; the shape of other outputs may depend on the values of the rows.
/// </remarks>
internal sealed class BoundGraph : IDisposable
{
    private readonly GraphSession _session;
    private readonly OrtIoBinding _binding;
    private readonly GraphInput?[] _inputs;
    private readonly BoundTensor?[] _earlier;
    private readonly BoundTensor?[] _outputs;
    private readonly int[] _wanted;
    private bool _hasBoundOutputs;
    private int _rows;

    /// <param name="session">The graph.</param>
    /// <param name="wanted">Indices of the outputs that later graphs or the answer need.</param>
    /// <param name="signature">The features.</param>
    public BoundGraph(GraphSession session, int[] wanted, Signature signature)
    {
        _session = session;
        _wanted = wanted;
        var inputs = session.Step.Inputs;
        _inputs = [.. inputs.Select(input => input.Earlier is null ? GraphInput.Create(input, signature) : null)];
        _earlier = new BoundTensor?[inputs.Count];
        _outputs = new BoundTensor?[session.Step.Graph.Outputs.Count];
        _binding = session.CreateBinding();
    }

    /// <summary>One of the wanted outputs of the last run.</summary>
    public BoundTensor Output(int index) => _outputs[index]!;

    /// <summary>Makes inputs for that many rows.</summary>
    public void Resize(int rows)
    {
        DisposeOutputs();
        _rows = rows;
        for (var i = 0; i < _inputs.Length; i++)
        {
            _earlier[i] = null;
            if (_inputs[i] is { } input)
            {
                _binding.BindInput(_session.Step.Inputs[i].Name, input.Resize(rows));
            }
        }
    }

    /// <summary>Runs the graph on as many rows as it has inputs for.</summary>
    /// <param name="options">The options of the call.</param>
    /// <param name="batch">The features.</param>
    /// <param name="firstRow">The first of the rows.</param>
    /// <param name="graphs">All graphs of the call; those before this one have run.</param>
    public void Run(RunOptions options, FeatureBatch batch, int firstRow, BoundGraph[] graphs)
    {
        if (_wanted.Length == 0)
        {
            return;
        }

        for (var i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i] is { } input)
            {
                input.Fill(batch, firstRow);
            }
            else if (_session.Step.Inputs[i] is { Earlier: { } place, Name: var name }
                && graphs[place.Step].Output(place.Output) is var tensor && tensor != _earlier[i])
            {
                _binding.BindInput(name, tensor.Value);
                _earlier[i] = tensor;
            }
        }

        if (_hasBoundOutputs)
        {
            _session.Run(options, _binding);
        }
        else
        {
            RunAndTakeOutputs(options);
        }
    }

    public void Dispose()
    {
        _binding.Dispose();
        DisposeOutputs();
        foreach (var input in _inputs)
        {
            input?.Dispose();
        }
    }

    private void RunAndTakeOutputs(RunOptions options)
    {
        DisposeOutputs();
        foreach (var output in _wanted)
        {
            _binding.BindOutputToDevice(Declared(output).Name, OrtMemoryInfo.DefaultInstance);
        }

        _session.Run(options, _binding);
        var values = _binding.GetOutputValues();
        for (var i = 0; i < _wanted.Length; i++)
        {
            _outputs[_wanted[i]] = new BoundTensor(values[i]);
        }

        if (_wanted.All(output => IsAsDeclared(Declared(output), Output(output))))
        {
            foreach (var output in _wanted)
            {
                _binding.BindOutput(Declared(output).Name, Output(output).Value);
            }

            _hasBoundOutputs = true;
        }
    }

    private GraphTensor Declared(int output) => _session.Step.Graph.Outputs[output];

    private bool IsAsDeclared(GraphTensor declared, BoundTensor tensor)
    {
        if (declared.Dimensions is not { Count: > 0 } dimensions || dimensions.Count != tensor.Shape.Count || tensor.Shape[0] != _rows)
        {
            return false;
        }

        for (var i = 1; i < dimensions.Count; i++)
        {
            if (dimensions[i] != tensor.Shape[i])
            {
                return false;
            }
        }

        return true;
    }

    private void DisposeOutputs()
    {
        _hasBoundOutputs = false;
        for (var i = 0; i < _outputs.Length; i++)
        {
            _outputs[i]?.Dispose();
            _outputs[i] = null;
        }
    }
}
