using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>A tensor feature as a tensor.</summary>
internal sealed class TensorInput<T>(GraphStepInput input) : GraphInput(input) where T : unmanaged
{
    public override void Fill(FeatureBatch batch, int firstRow)
    {
        var destination = Tensor.Numbers<T>();
        for (var row = firstRow; !destination.IsEmpty; row++)
        {
            var source = batch.Tensor(row, Features[0]);
            NumberInput<T>.Convert(source, destination[..source.Length]);
            destination = destination[source.Length..];
        }
    }
}
