using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>All that one call needs at a time: each graph with its tensors. It serves many calls, one after the other.</summary>
internal sealed class BoundCall(BoundGraph[] graphs) : IDisposable
{
    // Of this call alone: what ends a run by them must not end others.
    private readonly RunOptions _options = new();
    private int _rows;

    /// <summary>Runs the graphs in order; without an allocation when the last call had as many rows.</summary>
    /// <param name="batch">The features.</param>
    /// <param name="firstRow">The first row to score.</param>
    /// <param name="rows">How many rows to score.</param>
    public void Run(FeatureBatch batch, int firstRow, int rows)
    {
        if (rows != _rows)
        {
            foreach (var graph in graphs)
            {
                graph.Resize(rows);
            }

            _rows = rows;
        }

        foreach (var graph in graphs)
        {
            graph.Run(_options, batch, firstRow, graphs);
        }
    }

    /// <summary>An output of the last run; valid until the next.</summary>
    public BoundTensor Output(GraphOutput place) => graphs[place.Step].Output(place.Output);

    public void Dispose()
    {
        foreach (var graph in graphs)
        {
            graph.Dispose();
        }

        _options.Dispose();
    }
}
