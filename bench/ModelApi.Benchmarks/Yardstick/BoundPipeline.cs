using ModelApi.Benchmarks.Models;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Benchmarks.Yardstick;

/// <summary>
/// ONNX Runtime as fast as C# can use it, the yardstick of the engines: inputs and outputs are made and bound beforehand, on
/// memory that stays where it is, and only the probabilities are asked for.
/// </summary>
/// <remarks>
/// The trainer's pipeline.onnx, in which encoder and model are one graph, where it lies beside the repository; else the
/// bundle's graphs, the output of each bound as the input of the next.
/// </remarks>
internal sealed class BoundPipeline : IDisposable
{
    private readonly BenchmarkModel _model;
    private readonly BoundGraph[] _graphs;

    private BoundPipeline(BenchmarkModel model, BoundGraph[] graphs, string source)
    {
        _model = model;
        _graphs = graphs;
        Source = source;
    }

    /// <summary>What was loaded, for people.</summary>
    public string Source { get; }

    public static BoundPipeline Open(BenchmarkModel model)
    {
        OnnxRuntimeEnvironment.EnsureCreated(threads: 1);
        var bundle = model.Bundle;
        if (Repository.PipelineOf(bundle.Manifest.Name) is { } file)
        {
            return new BoundPipeline(model, [new BoundGraph(File.ReadAllBytes(file), Path.GetDirectoryName(file)!)], "pipeline.onnx");
        }

        BoundGraph[] graphs = [.. bundle.Steps.Select(step => new BoundGraph(step.Graph.Content, bundle.Folder))];
        return new BoundPipeline(model, graphs, string.Join(" + ", bundle.Steps.Select(step => step.Graph.File)));
    }

    /// <summary>Binds all that scoring these rows needs, with the values in place.</summary>
    public BoundRows Bind(FeatureBatch features) => new(_model.Bundle, _graphs, features);

    public void Dispose()
    {
        foreach (var graph in _graphs)
        {
            graph.Dispose();
        }
    }
}
