using Google.Protobuf;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Scores a bundle by a plan that was made of its graphs, from raw features to the answer in one go.</summary>
/// <remarks>
/// ONNX Runtime is the reference: the plan follows its rules where the operators' description leaves them open, and a graph that
/// holds anything else than what is known to agree is not compiled.
/// </remarks>
public sealed class CompiledScorer : IScorer
{
    // Below, to wake another thread takes longer than it saves.
    private const int RowsWorthAThread = 1024;

    private readonly Plan _plan;
    private readonly int _threads;

    private readonly BlockPool _rows;
    private readonly BlockPool _blocks;

    private CompiledScorer(Plan plan, int threads)
    {
        _plan = plan;
        _threads = threads;
        _rows = new BlockPool(() => plan.CreateBlock(1));
        _blocks = new BlockPool(() => plan.CreateBlock(plan.BlockRows));
    }

    /// <inheritdoc/>
    public string Engine => "compiled";

    /// <summary>What it does.</summary>
    internal Plan Plan => _plan;

    /// <summary>Which kernels walk the trees, and how they were chosen; null for a model without trees.</summary>
    public string? Kernels { get; private set; }

    /// <summary>Makes the scorer of a bundle.</summary>
    /// <param name="bundle">A bundle that was read without fault. Its golden rows, if any, are what kernels are timed on.</param>
    /// <param name="reason">Why there is none, as a sentence without its full stop; else empty.</param>
    /// <param name="threads">Threads that may work on one large batch.</param>
    /// <returns>Null when a graph holds something that there is no plan for.</returns>
    public static CompiledScorer? TryCompile(Bundle bundle, out string reason, int threads = 1)
    {
        try
        {
            var scorer = new CompiledScorer(PlanCompiler.Compile(bundle), threads);
            scorer.Kernels = KernelChoice.Choose(scorer._plan, bundle.Golden.Features);
            reason = "";
            return scorer;
        }
        catch (NotCompilableException exception)
        {
            reason = exception.Message;
        }
        catch (InvalidProtocolBufferException exception)
        {
            reason = $"it is no ONNX file: {exception.Message.TrimEnd('.')}";
        }
        catch (Exception exception) when (exception is InsufficientExecutionStackException or OverflowException)
        {
            reason = "it is too deep, or its numbers are too large";
        }

        return null;
    }

    /// <inheritdoc/>
    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(features.Rows);
        predictions.Resize(features.Rows);
        var most = Math.Min(_threads, features.Rows / RowsWorthAThread);
        if (most > 1 && SharedThreads.Take(most - 1) is var extra and > 0)
        {
            try
            {
                ScoreTogether(features, predictions, extra + 1, cancellationToken);
            }
            finally
            {
                SharedThreads.Return(extra);
            }

            return;
        }

        ScoreRange(features, predictions, 0, features.Rows, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // All memory is managed.
    }

    private void ScoreTogether(FeatureBatch features, PredictionBatch predictions, int threads, CancellationToken cancellationToken)
    {
        // Several parts for each thread, so that the fastest does not wait for the slowest.
        var rows = _plan.BlockRows;
        var parts = Math.Min(threads * 8, (features.Rows + rows - 1) / rows);
        var partRows = ((features.Rows + parts - 1) / parts + rows - 1) / rows * rows;
        parts = (features.Rows + partRows - 1) / partRows;
        try
        {
            Parallel.For(
                0,
                parts,
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
                part => ScoreRange(features, predictions, part * partRows, Math.Min(features.Rows, (part + 1) * partRows), cancellationToken));
        }
        catch (AggregateException exception)
        {
            // The first that went wrong, as from one thread.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    private void ScoreRange(FeatureBatch features, PredictionBatch predictions, int start, int end, CancellationToken cancellationToken)
    {
        // A block of one row is small enough to stay in the cache, and is what nearly every request takes.
        var pool = end - start == 1 ? _rows : _blocks;
        var block = pool.Rent();
        try
        {
            for (var row = start; row < end; row += block.Capacity)
            {
                cancellationToken.ThrowIfCancellationRequested();
                block.Open(features, row, Math.Min(block.Capacity, end - row));
                _plan.Score(block, predictions);
            }
        }
        finally
        {
            block.Close();
            pool.Return(block);
        }
    }
}
