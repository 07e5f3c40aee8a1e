using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>One loaded graph.</summary>
internal sealed class GraphSession : IDisposable
{
    /// <summary>Only what ends the process is logged by ONNX Runtime itself: a failure is an exception, which says the same.</summary>
    public const OrtLoggingLevel LogSeverity = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

    private readonly InferenceSession _session;

    /// <param name="step">The graph.</param>
    /// <param name="cancellationToken">Ends the loading early.</param>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime does not accept the graph, or the token was canceled.</exception>
    public GraphSession(GraphStep step, CancellationToken cancellationToken)
    {
        using var options = new SessionOptions();
        options.DisablePerSessionThreads();
        options.LogSeverityLevel = LogSeverity;

        // Memory patterns are kept for every number of rows that ever occurred, so they would grow without bound.
        options.EnableMemoryPattern = false;
        using var registration = cancellationToken.UnsafeRegister(
            static state => ((SessionOptions)state!).SetLoadCancellationFlag(true), options);
        _session = new InferenceSession(step.Graph.Content, options);
        Step = step;
    }

    public GraphStep Step { get; }

    public OrtIoBinding CreateBinding() => _session.CreateIoBinding();

    public void Run(RunOptions options, OrtIoBinding binding) => _session.RunWithBinding(options, binding);

    public void Dispose() => _session.Dispose();
}
