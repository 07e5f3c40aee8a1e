using Microsoft.ML.OnnxRuntime;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;

namespace ModelApi.Benchmarks.Yardstick;

/// <summary>Rows that are bound to the sessions of a <see cref="BoundPipeline"/>.</summary>
internal sealed class BoundRows : IDisposable
{
    private readonly List<BoundInput> _inputs = [];
    private readonly List<OrtValue> _values = [];
    private readonly (InferenceSession Session, OrtIoBinding Binding)[] _runs;
    private readonly RunOptions _options = new();
    private readonly float[] _probabilities;

    public BoundRows(Bundle bundle, BoundGraph[] graphs, FeatureBatch features)
    {
        var signature = bundle.Manifest.Signature;
        _probabilities = new float[features.Rows * (signature.Classes?.Count ?? 1)];
        _runs = [.. graphs.Select(graph => (graph.Session, graph.Session.CreateIoBinding()))];
        var earlier = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        for (var i = 0; i < graphs.Length; i++)
        {
            BindInputs(bundle, graphs, i, features, earlier);
            BindOutput(bundle, graphs, i, features.Rows, earlier);
        }

        Fill(features);
    }

    /// <summary>The answer of the last run: the probability of each class, row after row.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities;

    /// <summary>Writes the values of other rows, as many, into the bound tensors.</summary>
    public void Fill(FeatureBatch features)
    {
        foreach (var input in _inputs)
        {
            input.Fill(features);
        }
    }

    /// <summary>Scores the rows whose values are bound.</summary>
    public void Run()
    {
        foreach (var (session, binding) in _runs)
        {
            session.RunWithBinding(_options, binding);
        }
    }

    public void Dispose()
    {
        foreach (var (_, binding) in _runs)
        {
            binding.Dispose();
        }

        foreach (var input in _inputs)
        {
            input.Dispose();
        }

        _values.ForEach(value => value.Dispose());
        _options.Dispose();
    }

    private void BindInputs(Bundle bundle, BoundGraph[] graphs, int index, FeatureBatch features, Dictionary<string, OrtValue> earlier)
    {
        var graph = graphs[index];
        foreach (var (name, metadata) in graph.Session.InputMetadata)
        {
            // A pipeline that is one graph has inputs that are called like the features; else the bundle knows.
            var step = graphs.Length == bundle.Steps.Count ? bundle.Steps[index].Inputs.First(input => input.Name == name) : null;
            if (step?.Earlier is { } place)
            {
                _runs[index].Binding.BindInput(name, earlier[bundle.Steps[place.Step].Graph.Outputs[place.Output].Name]);
                continue;
            }

            var shape = BoundGraph.Shape(metadata, features.Rows);
            var input = new BoundInput(bundle.Manifest.Signature, step?.Features ?? [FeatureOf(bundle, name)], graph.TypeOf(name), shape);
            _inputs.Add(input);
            _runs[index].Binding.BindInput(name, input.Value);
        }
    }

    // Only what is read afterwards is bound: the answer in the last graph, what feeds the next in the others.
    private void BindOutput(Bundle bundle, BoundGraph[] graphs, int index, int rows, Dictionary<string, OrtValue> earlier)
    {
        var isLast = index == graphs.Length - 1;
        var names = bundle.Manifest.Outputs;
        var metadata = graphs[index].Session.OutputMetadata;
        var name = isLast ? names.Probabilities ?? names.Value! : metadata.Keys.Single();
        var width = isLast
            ? bundle.Manifest.Signature.Classes?.Count ?? 1
            : graphs[index + 1].Session.InputMetadata.Values.Single().Dimensions[^1];
        var shape = BoundGraph.Shape(metadata[name], rows, width);
        var memory = isLast ? _probabilities : new float[rows * width];
        var value = OrtValue.CreateTensorValueFromMemory(memory, shape);
        _values.Add(value);
        earlier[name] = value;
        _runs[index].Binding.BindOutput(name, value);
    }

    private static int FeatureOf(Bundle bundle, string name)
    {
        var feature = bundle.Manifest.Signature.IndexOf(name);
        return feature >= 0
            ? feature
            : throw new MeasuringException($"The pipeline's input '{name}' is no feature of {bundle.Manifest.Name}.");
    }
}
