namespace ModelApi.Inference.Signatures;

/// <summary>What the numbers of an answer are.</summary>
public enum NumberKind
{
    /// <summary>There are none: the answer is a label alone.</summary>
    None,

    /// <summary>The probability of each class, in 0..1; of several targets, that of the second class of each.</summary>
    Probabilities,

    /// <summary>Decision values: one of each class, or a single one that is larger for the second class.</summary>
    Scores,

    /// <summary>The distance to each cluster.</summary>
    Distances,

    /// <summary>The predicted number of each target.</summary>
    Values,
}
