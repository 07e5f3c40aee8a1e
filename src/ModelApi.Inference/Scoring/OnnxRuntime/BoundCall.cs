using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>Each graph with its tensors, for one call at a time.</summary>
internal sealed class BoundCall(BoundGraph[] graphs) : IDisposable
{
    private readonly StoppableRun _run = new();
    private int _rows;

    /// <summary>Runs the graphs in order. Allocates nothing when the last call had as many rows.</summary>
    /// <param name="batch">The features.</param>
    /// <param name="firstRow">The first row to score.</param>
    /// <param name="rows">How many rows to score.</param>
    /// <param name="cancellationToken">Ends the work early, also within a graph.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before the last graph had run.</exception>
    public void Run(FeatureBatch batch, int firstRow, int rows, CancellationToken cancellationToken)
    {
        if (rows != _rows)
        {
            foreach (var graph in graphs)
            {
                graph.Resize(rows);
            }

            _rows = rows;
        }

        _run.Begin(cancellationToken);
        try
        {
            foreach (var graph in graphs)
            {
                cancellationToken.ThrowIfCancellationRequested();
                graph.Run(_run.Options, batch, firstRow, graphs);
            }
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            _run.End();
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

        _run.Dispose();
    }
}
