using Microsoft.ML.OnnxRuntime;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>Run options through which a token stops a run between two operators of a graph. For one run at a time.</summary>
internal sealed class StoppableRun : IDisposable
{
    private CancellationTokenRegistration _registration;

    /// <summary>The options of the run; never shared, so that a token stops no other run.</summary>
    public RunOptions Options { get; } = new() { LogSeverityLevel = GraphSession.LogSeverity };

    /// <summary>From here to <see cref="End"/>, the token stops a run with the options.</summary>
    public void Begin(CancellationToken cancellationToken) =>
        _registration = cancellationToken.UnsafeRegister(static run => ((StoppableRun)run!).Options.Terminate = true, this);

    /// <summary>Resets the options for the next run, also when the token is cancelled at this moment.</summary>
    public void End()
    {
        // Waits for a running callback, so that it cannot stop the next run.
        _registration.Dispose();
        _registration = default;
        Options.Terminate = false;
    }

    public void Dispose() => Options.Dispose();
}
