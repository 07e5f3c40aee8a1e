using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>A tensor of ONNX Runtime with its shape and address, which take several native calls to get.</summary>
internal sealed unsafe class BoundTensor : IDisposable
{
    private readonly void* _data;
    private readonly int _bytes;

    /// <param name="value">Disposed with this.</param>
    public BoundTensor(OrtValue value)
    {
        Value = value;
        var info = value.GetTensorTypeAndShape();
        Shape = info.Shape;
        Count = checked((int)info.ElementCount);
        if (!info.IsString)
        {
            // Native memory, which does not move while the value lives.
            var data = value.GetTensorMutableRawData();
            _data = Unsafe.AsPointer(ref MemoryMarshal.GetReference(data));
            _bytes = data.Length;
        }
    }

    public OrtValue Value { get; }

    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many elements there are.</summary>
    public int Count { get; }

    /// <summary>The elements; empty where they are strings.</summary>
    public Span<T> Numbers<T>() where T : unmanaged => new(_data, _bytes / sizeof(T));

    public void Dispose() => Value.Dispose();
}
