namespace ModelApi.Inference.Bundles;

/// <summary>How the numbers of answers lie in a tensor.</summary>
public enum NumberLayout
{
    /// <summary>Row after row, <c>[N, NumberColumns]</c>.</summary>
    Rows,

    /// <summary>The probability of the second of two classes, <c>[N, 1]</c>.</summary>
    SecondOfTwo,

    /// <summary>As <see cref="Rows"/> or <see cref="SecondOfTwo"/>: the graph does not declare the shape, and the tensor tells.</summary>
    Undeclared,

    /// <summary>Target after target, the probability of each class, <c>[targets, N, classes]</c>.</summary>
    TargetsFirst,
}
