using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>The options of one run that a token can stop, between two operators of a graph.</summary>
/// <remarks>The options are pooled: making them takes longer than a small graph's cheapest operators.</remarks>
internal sealed class StoppableRun : IDisposable
{
    private static readonly ConcurrentBag<StoppableRun> Pool = [];
    private static readonly int MostKept = 2 * Environment.ProcessorCount;

    private static int _kept;

    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellationToken;

    /// <summary>What ONNX Runtime looks at during the run.</summary>
    public RunOptions Options { get; } = new();

    public static StoppableRun Start(CancellationToken cancellationToken)
    {
        if (Pool.TryTake(out var run))
        {
            Interlocked.Decrement(ref _kept);
        }
        else
        {
            run = new StoppableRun();
        }

        run._cancellationToken = cancellationToken;
        run._registration = cancellationToken.UnsafeRegister(static run => ((StoppableRun)run!).Options.Terminate = true, run);
        return run;
    }

    public void Dispose()
    {
        // Waits for a callback that is running, so that nothing stops the next run.
        _registration.Dispose();
        if (_cancellationToken.IsCancellationRequested)
        {
            Options.Dispose();
        }
        else if (Interlocked.Increment(ref _kept) <= MostKept)
        {
            _cancellationToken = default;
            Pool.Add(this);
        }
        else
        {
            Interlocked.Decrement(ref _kept);
            Options.Dispose();
        }
    }
}
