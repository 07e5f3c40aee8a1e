namespace ModelApi.Inference.Scoring.Compiled.Text;

/// <summary>The sequences of tokens that a model knows.</summary>
internal sealed class Vocabulary
{
    /// <summary>The tokens, with their numbers.</summary>
    public required TextTable Tokens { get; init; }

    /// <summary>The sequences, with their columns.</summary>
    public required NgramTree Tree { get; init; }

    /// <summary>The smallest number of tokens of a sequence.</summary>
    public required int Shortest { get; init; }

    /// <summary>The largest number of tokens of a sequence.</summary>
    public required int Longest { get; init; }

    /// <summary>Whether a sequence counts as often as it occurs, not once.</summary>
    public required bool IsCounted { get; init; }

    /// <summary>A factor per column; null for 1.</summary>
    public required double[]? Weights { get; init; }
}
