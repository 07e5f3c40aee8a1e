using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Benchmarks.Measuring;

namespace ModelApi.Benchmarks.Yardstick;

/// <summary>A session of the yardstick: one thread, every optimization on, which is ONNX Runtime's default.</summary>
internal sealed class BoundGraph : IDisposable
{
    public BoundGraph(byte[] content, string folder)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        options.DisablePerSessionThreads();     // the process's pool, which has one thread
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        Session = new InferenceSession(content, options);
    }

    public InferenceSession Session { get; }

    /// <summary>The element type of an input.</summary>
    public TensorElementType TypeOf(string input) => Session.InputMetadata[input].ElementDataType;

    /// <summary>
    /// The shape of an input or output for that many rows; <paramref name="width"/> stands in for a width that the graph leaves open.
    /// </summary>
    public static long[] Shape(NodeMetadata metadata, int rows, long? width = null) => metadata.Dimensions switch
    {
        [_] => [rows],
        [_, > 0 and var columns] => [rows, columns],
        [_, _] when width is { } known => [rows, known],
        _ => throw new MeasuringException($"A tensor of the shape [{string.Join(", ", metadata.Dimensions)}] cannot be bound beforehand."),
    };

    public void Dispose() => Session.Dispose();
}
