using Microsoft.ML.OnnxRuntime;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>The options of one run at a time, which a token can stop between two operators of a graph.</summary>
internal sealed class StoppableRun : IDisposable
{
    private CancellationTokenRegistration _registration;

    /// <summary>What ONNX Runtime looks at during the run; of this alone, so that what stops it stops no other.</summary>
    public RunOptions Options { get; } = new();

    /// <summary>From here to <see cref="End"/> the token stops what runs by the options.</summary>
    public void Begin(CancellationToken cancellationToken) =>
        _registration = cancellationToken.UnsafeRegister(static run => ((StoppableRun)run!).Options.Terminate = true, this);

    /// <summary>Makes the options ready for the next run, whether or not the token was cancelled, and however late.</summary>
    public void End()
    {
        // Waits for a callback that is running, so that nothing stops the next run.
        _registration.Dispose();
        _registration = default;
        Options.Terminate = false;
    }

    public void Dispose() => Options.Dispose();
}
