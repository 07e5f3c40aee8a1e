using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelApi.Inference.Packing;

/// <summary>What a graph's output held for the golden rows.</summary>
/// <param name="Name">The output.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Rows">How many rows were scored.</param>
/// <param name="Numbers">The numbers, row after row; null for texts.</param>
/// <param name="Texts">The texts, row after row; null for numbers.</param>
internal sealed record ProbedOutput(string Name, TensorElementType Type, int Rows, double[]? Numbers, string[]? Texts)
{
    /// <summary>How many elements there are for each row; 0 where they do not come to whole rows.</summary>
    public int Columns => (Numbers?.Length ?? Texts!.Length) is var count && Rows > 0 && count % Rows == 0 ? count / Rows : 0;

    /// <summary>Whether the elements are floats.</summary>
    public bool AreFloats => Type is TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16;

    /// <summary>Type and columns in words.</summary>
    public string Describe() => $"'{Name}' (tensor({Type.ToString().ToLowerInvariant()}), {Columns} for each row)";
}
