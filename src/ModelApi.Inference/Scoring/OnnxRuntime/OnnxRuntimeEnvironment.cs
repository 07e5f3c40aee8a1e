using Microsoft.ML.OnnxRuntime;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>ONNX Runtime's environment: one per process, with one thread pool that all sessions share and no telemetry.</summary>
public static class OnnxRuntimeEnvironment
{
    private static readonly Lock Gate = new();

    /// <summary>Creates the environment unless it exists.</summary>
    /// <param name="threads">Threads that work on one large batch; only the first call's number counts.</param>
    public static void EnsureCreated(int threads)
    {
        lock (Gate)
        {
            if (OrtEnv.IsCreated)
            {
                return;
            }

            OnnxRuntimeTelemetry.Disable();
            using var pool = new OrtThreadingOptions
            {
                GlobalIntraOpNumThreads = threads,
                GlobalInterOpNumThreads = 1,

                // A waiting pool must not burn the cores that requests need.
                GlobalSpinControl = false,
            };
            var options = new EnvironmentCreationOptions
            {
                logId = "ModelApi",
                logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
                threadOptions = pool,
            };
            _ = OrtEnv.CreateInstanceWithOptions(ref options);
        }
    }
}
