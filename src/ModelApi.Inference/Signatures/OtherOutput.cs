namespace ModelApi.Inference.Signatures;

/// <summary>An output of a graph that is returned as it is, beside the prediction.</summary>
/// <param name="Name">Its name in the graph: its key under <c>outputs</c>.</param>
/// <param name="Kind">The type of its values.</param>
/// <param name="Dimensions">
/// The shape of one row's values: empty for one value, or null where the graph does not declare it (then they are one array).
/// </param>
public sealed record OtherOutput(string Name, OtherKind Kind, IReadOnlyList<int>? Dimensions)
{
    /// <summary>How many values a row has; null where the graph does not declare it.</summary>
    public int? Width => Dimensions?.Aggregate(1, (product, dimension) => checked(product * dimension));
}
