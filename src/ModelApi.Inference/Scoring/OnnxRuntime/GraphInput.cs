using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>A tensor of features that feeds a graph; the next call with as many rows fills it again.</summary>
internal abstract class GraphInput(GraphStepInput input) : IDisposable
{
    private BoundTensor? _tensor;

    /// <summary>Indices of the features that are the tensor's columns.</summary>
    protected IReadOnlyList<int> Features { get; } = input.Features;

    /// <summary>The tensor, <c>[rows]</c>, <c>[rows, features]</c> or <c>[rows, …shape]</c>; only after <see cref="Resize"/>.</summary>
    protected BoundTensor Tensor => _tensor!;

    public static GraphInput Create(GraphStepInput input, Signature signature) => input.ElementType switch
    {
        TensorElementType.String => new StringInput(input, signature),
        TensorElementType.Float => Numbers<float>(input),
        TensorElementType.Double => Numbers<double>(input),
        TensorElementType.Float16 => Numbers<Half>(input),
        TensorElementType.Int64 => Numbers<long>(input),
        TensorElementType.Int32 => Numbers<int>(input),
        TensorElementType.Int16 => Numbers<short>(input),
        TensorElementType.Int8 => Numbers<sbyte>(input),
        TensorElementType.UInt64 => Numbers<ulong>(input),
        TensorElementType.UInt32 => Numbers<uint>(input),
        TensorElementType.UInt16 => Numbers<ushort>(input),
        TensorElementType.UInt8 => Numbers<byte>(input),
        TensorElementType.Bool => Numbers<bool>(input),
        var other => throw new NotSupportedException($"A graph input of type {other} cannot be fed from features."),
    };

    /// <summary>Makes a tensor for that many rows.</summary>
    public virtual OrtValue Resize(int rows)
    {
        _tensor?.Dispose();
        _tensor = null;
        long[] shape = input.Shape is { } tensor ? [rows, .. tensor.Select(length => (long)length)]
            : input.Rank == 1 ? [rows]
            : [rows, Features.Count];
        _tensor = new BoundTensor(OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.ElementType, shape));
        return _tensor.Value;
    }

    /// <summary>Writes as many rows of the batch as the tensor has.</summary>
    public abstract void Fill(FeatureBatch batch, int firstRow);

    public void Dispose() => _tensor?.Dispose();

    private static GraphInput Numbers<T>(GraphStepInput input) where T : unmanaged =>
        input.Shape is null ? new NumberInput<T>(input) : new TensorInput<T>(input);
}
