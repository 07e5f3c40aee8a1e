using Microsoft.ML.OnnxRuntime;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>ONNX Runtime's environment: one per process, with one thread pool that all sessions share and no telemetry.</summary>
public static class OnnxRuntimeEnvironment
{
    private static readonly Lock Gate = new();
    private static readonly Lazy<Task> Library = new(() => Task.Run(LoadLibrary));

    /// <summary>
    /// Begins to load the native library and to compile the calls into it, on another thread. That takes a good part of a start and
    /// needs no setting, so a program calls this first.
    /// </summary>
    public static void BeginLoading() => _ = Library.Value;

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

            Library.Value.GetAwaiter().GetResult();
            using var pool = new OrtThreadingOptions
            {
                GlobalIntraOpNumThreads = threads,
                GlobalInterOpNumThreads = 1,

                // Idle threads of the pool must not spin on cores that requests need.
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

    private static void LoadLibrary()
    {
        // The first object of the binding looks up every function of the library.
        new OrtThreadingOptions().Dispose();
    }
}
