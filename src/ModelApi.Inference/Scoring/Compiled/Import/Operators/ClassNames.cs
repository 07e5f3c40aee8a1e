using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>The labels of a classifier: texts or numbers.</summary>
internal sealed record ClassNames(string[]? Texts, double[]? Numbers)
{
    public static readonly ClassNames ZeroAndOne = new(null, [0, 1]);

    public int Count => Texts?.Length ?? Numbers!.Length;

    public bool AreNumbers => Texts is null;

    public static ClassNames Read(Node node, string texts, string numbers) =>
        node.Attributes.Texts(texts) is { Length: > 0 } names
            ? new ClassNames(names, null)
            : new ClassNames(null, [.. node.Attributes.Ints(numbers).Select(number => (double)number)]);

    /// <summary>The label at the index in a register.</summary>
    public Value At(int register) =>
        Value.Vector(AreNumbers ? TensorElementType.Int64 : TensorElementType.String, new ChoiceColumn(register, Texts, Numbers));
}
