using Google.Protobuf;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Pooling;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Scores a bundle with one plan, compiled from its graphs, from raw features to the answer.</summary>
/// <remarks>
/// ONNX Runtime is the reference: the plan follows it where the operators' description leaves rules open, and a graph with anything
/// that is not known to agree is not compiled. Thread-safe.
/// </remarks>
public sealed class CompiledScorer : IScorer
{
    // With fewer rows, waking another thread takes longer than it saves.
    private const int RowsWorthAThread = 1024;

    private readonly Plan _plan;
    private readonly int _threads;

    // Together a few milliseconds at a start; more once the server is ready.
    private static readonly TimeSpan FirstTimingBudget = TimeSpan.FromMilliseconds(0.5);
    private static readonly TimeSpan SecondTimingBudget = TimeSpan.FromMilliseconds(3);

    private readonly CorePool<Block> _blocks;
    private volatile string? _kernels;

    private CompiledScorer(Plan plan, int threads)
    {
        _plan = plan;
        _threads = threads;
        _blocks = new CorePool<Block>(() => plan.CreateBlock(plan.BlockRows));
    }

    /// <inheritdoc/>
    public string Engine => "compiled";

    /// <summary>The compiled stages.</summary>
    internal Plan Plan => _plan;

    /// <summary>The kernels that walk the trees, with the times of all, as text; null for a model without trees.</summary>
    public string? Kernels => _kernels;

    /// <summary>Compiles a bundle.</summary>
    /// <param name="bundle">A bundle without faults. Its golden rows, if any, serve to time the kernels.</param>
    /// <param name="reason">Why the bundle is not compiled, as a sentence without its full stop; else empty.</param>
    /// <param name="threads">The largest number of threads for one batch.</param>
    /// <returns>Null when a graph holds something that the compiled engine does not handle.</returns>
    public static CompiledScorer? TryCompile(Bundle bundle, out string reason, int threads = 1)
    {
        try
        {
            var scorer = new CompiledScorer(PlanCompiler.Compile(bundle), threads);
            scorer.ChooseKernels(bundle.Golden.Features, new KernelTimer(FirstTimingBudget));
            reason = "";
            return scorer;
        }
        catch (NotCompilableException exception)
        {
            reason = exception.Message;
        }
        catch (InvalidProtocolBufferException exception)
        {
            reason = $"it is not an ONNX file: {exception.Message.TrimEnd('.')}";
        }
        catch (Exception exception) when (exception is InsufficientExecutionStackException or OverflowException)
        {
            reason = "it is nested too deeply, or its numbers are too large";
        }

        return null;
    }

    /// <summary>Chooses the kernels again, after the runtime has had the time to optimize them.</summary>
    /// <param name="rows">Typical rows, such as the golden rows; without rows the call does nothing.</param>
    /// <param name="cancellationToken">Ends the call early, with the kernels as they are.</param>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <remarks>
    /// Takes about 0.4 s, most of it waiting, and less than 0.1 s of CPU time. Other threads may score meanwhile, with the same answers.
    /// </remarks>
    public void ChooseKernelsAgain(FeatureBatch rows, CancellationToken cancellationToken = default)
    {
        if (_plan.Trees.Length > 0 && rows.Rows > 0)
        {
            var choice = new KernelChoice(_plan, rows);
            choice.WarmUp(cancellationToken);
            _kernels = choice.Choose(new KernelTimer(SecondTimingBudget));
        }
    }

    /// <summary>Chooses the kernels by a given timer.</summary>
    internal void ChooseKernels(FeatureBatch rows, IKernelTimer timer) =>
        _kernels = _plan.Trees.Length > 0 && rows.Rows > 0
            ? new KernelChoice(_plan, rows).Choose(timer)
            : KernelChoice.DescribeUntimed(_plan);

    /// <inheritdoc/>
    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(features.Rows);
        predictions.Resize(features.Rows);
        if (features.Rows == 1)
        {
            ScoreRow(features, predictions, cancellationToken);
            return;
        }

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

    private void ScoreRow(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Taking a block from a pool and giving it back are two locked operations, behind which the processor begins no other work.
        if (predictions.Workspace is not Block block || !block.IsOf(_plan))
        {
            block = _plan.CreateBlock(1);
            predictions.Workspace = block;
        }

        block.Open(features, 0, 1);
        try
        {
            _plan.Score(block, predictions);
        }
        finally
        {
            block.Close();
        }
    }

    private void ScoreTogether(FeatureBatch features, PredictionBatch predictions, int threads, CancellationToken cancellationToken)
    {
        // Several parts per thread, so that fast threads do not wait for slow ones.
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
                part =>
                {
                    var start = part * partRows;
                    ScoreRange(features, predictions, start, Math.Min(features.Rows, start + partRows), cancellationToken);
                });
        }
        catch (AggregateException exception)
        {
            // The first fault, as a single thread would throw it.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    private void ScoreRange(FeatureBatch features, PredictionBatch predictions, int start, int end, CancellationToken cancellationToken)
    {
        var block = _blocks.Rent();
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
            _blocks.Return(block);
        }
    }
}
