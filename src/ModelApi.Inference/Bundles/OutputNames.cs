namespace ModelApi.Inference.Bundles;

/// <summary>The names of the graph outputs that hold the answer; null for those that the model does not have.</summary>
public sealed record OutputNames
{
    /// <summary>The predicted class, <c>[N]</c>; of several targets, <c>[N, targets]</c>.</summary>
    public string? Label { get; init; }

    /// <summary>
    /// The probability of each class, <c>[N, classes]</c>, or that of the second of two, <c>[N, 1]</c>; of several targets, that of the
    /// second class of each, <c>[N, targets]</c>.
    /// </summary>
    public string? Probabilities { get; init; }

    /// <summary>The decision value of each class, or a single one, <c>[N, 1]</c>; of clusters, the distances.</summary>
    public string? Scores { get; init; }

    /// <summary>The predicted number, <c>[N]</c> or <c>[N, targets]</c>; of an outlier detector, the decision value.</summary>
    public string? Value { get; init; }

    /// <summary>Outputs that are returned as they are.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>The key and name of the output that holds the numbers of the answer; null for a label alone.</summary>
    internal (string Key, string Name)? Numbers =>
        Probabilities is { } probabilities ? ("probabilities", probabilities)
        : Scores is { } scores ? ("scores", scores)
        : Value is { } value ? ("value", value)
        : null;
}
