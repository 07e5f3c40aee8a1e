using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelApi.Inference.Packing;

/// <summary>What a graph's output held for the golden rows.</summary>
/// <param name="Name">The output.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Rows">How many rows were scored.</param>
/// <param name="Numbers">The numbers, row after row; null for texts.</param>
/// <param name="Texts">The texts, row after row; null for numbers.</param>
/// <param name="Declared">The dimensions that the graph declares; null for none.</param>
internal sealed record ProbedOutput(
    string Name, TensorElementType Type, int Rows, double[]? Numbers, string[]? Texts, IReadOnlyList<long?>? Declared = null)
{
    /// <summary>How many elements there are for each row; 0 where they do not come to whole rows.</summary>
    public int Columns => (Numbers?.Length ?? Texts!.Length) is var count && Rows > 0 && count % Rows == 0 ? count / Rows : 0;

    /// <summary>Whether the numbers of each row are within 0 and 1 and, where there are several, sum to 1.</summary>
    public bool AreProbabilities => Columns > 0 && Numbers is { } numbers && GoldenItems.AreProbabilities(numbers.Chunk(Columns));

    /// <summary>Whether the elements are floats.</summary>
    public bool AreFloats => Type is TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16;

    /// <summary>Whether the rows have another number of columns than the graph declares.</summary>
    public bool IsDeclaredWrongly => Declared is [_, { } columns] && Columns > 0 && columns != Columns;

    /// <summary>
    /// The probability of the second of two classes for each of several labels, where the output holds both as
    /// <c>[targets, rows, 2]</c>; otherwise the output itself.
    /// </summary>
    public ProbedOutput SecondOfTargets(int targets)
    {
        if (Declared is not [_, _, _] || Numbers is not { } numbers || Columns != 2 * targets)
        {
            return this;
        }

        var seconds = Enumerable.Range(0, Rows)
            .SelectMany(row => Enumerable.Range(0, targets).Select(target => numbers[(((target * Rows) + row) * 2) + 1]));
        return this with { Numbers = [.. seconds] };
    }

    /// <summary>Several outputs in words.</summary>
    public static string Describe(IReadOnlyList<ProbedOutput> outputs) =>
        outputs.Count == 0 ? "no output that is a tensor" : string.Join(", ", outputs.Select(output => output.Describe()));

    /// <summary>Type and columns in words.</summary>
    public string Describe() =>
        $"'{Name}' (tensor({Type.ToString().ToLowerInvariant()}), {(Columns == 0 ? "not whole rows" : $"{Columns} for each row")})";
}
