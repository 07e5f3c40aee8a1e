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

    /// <summary>The tensor, <c>[rows]</c> or <c>[rows, features]</c>; only after <see cref="Resize"/>.</summary>
    protected BoundTensor Tensor => _tensor!;

    public static GraphInput Create(GraphStepInput input, Signature signature) => input.ElementType switch
    {
        TensorElementType.String => new StringInput(input, signature),
        TensorElementType.Float => new NumberInput<float>(input),
        TensorElementType.Double => new NumberInput<double>(input),
        TensorElementType.Int64 => new NumberInput<long>(input),
        TensorElementType.Bool => new NumberInput<bool>(input),
        var other => throw new NotSupportedException($"A graph input of type {other} cannot be fed from features."),
    };

    /// <summary>Makes a tensor for that many rows.</summary>
    public virtual OrtValue Resize(int rows)
    {
        _tensor?.Dispose();
        _tensor = null;
        long[] shape = input.Rank == 1 ? [rows] : [rows, Features.Count];
        _tensor = new BoundTensor(OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.ElementType, shape));
        return _tensor.Value;
    }

    /// <summary>Writes as many rows of the batch as the tensor has.</summary>
    public abstract void Fill(FeatureBatch batch, int firstRow);

    public void Dispose() => _tensor?.Dispose();
}
