using System.Text.Json.Nodes;

namespace ModelApi.Inference.Signatures;

/// <summary>One typed input of a model.</summary>
public sealed record Feature
{
    /// <summary><see cref="MaximumLength"/> of a feature that does not set it.</summary>
    public const int DefaultMaximumLength = 100_000;

    /// <summary>The most dimensions of a tensor.</summary>
    public const int MostDimensions = 8;

    /// <summary>The key in a request, as in the manifest.</summary>
    public required string Name { get; init; }

    /// <summary>The JSON type that a value must have.</summary>
    public required FeatureType Type { get; init; }

    /// <summary>Whether null, or leaving the feature out, means a missing value rather than an error.</summary>
    public bool Nullable { get; init; }

    /// <summary>The values that the trainer saw, or null for numbers and free text.</summary>
    public CategoryTable? Categories { get; init; }

    /// <summary>The category that a missing value means, as the trainer's encoder knows it (<c>nan</c>); null when there is none.</summary>
    public string? MissingCategory { get; init; }

    /// <summary>The code of <see cref="MissingCategory"/>, or <see cref="CategoryTable.Unknown"/>.</summary>
    internal int MissingCode => MissingCategory is { } name ? Categories?.CodeOf(name) ?? CategoryTable.Unknown : CategoryTable.Unknown;

    /// <summary>The lengths of a tensor's nested arrays, outermost first; null for a single value.</summary>
    public IReadOnlyList<int>? Shape { get; init; }

    /// <summary>How many numbers a tensor holds; 0 for a single value.</summary>
    public int Elements { get; init; }

    /// <summary>The numbers that the graphs can take; others are refused.</summary>
    public NumberRange Range { get; init; } = NumberRange.Float;

    /// <summary>Smallest value seen in training; a smaller one is scored with a warning.</summary>
    public double? Minimum { get; init; }

    /// <summary>Largest value seen in training; a larger one is scored with a warning.</summary>
    public double? Maximum { get; init; }

    /// <summary>Smallest number of characters (UTF-16 code units) of a text, or zero; a shorter text is refused.</summary>
    public int MinimumLength { get; init; }

    /// <summary>Largest number of characters (UTF-16 code units) of a text; a longer text is refused.</summary>
    public int MaximumLength { get; init; } = DefaultMaximumLength;

    /// <summary>What the feature means, for people.</summary>
    public string? Description { get; init; }

    /// <summary>A value that is valid, shown in the documentation.</summary>
    public required JsonNode? Example { get; init; }
}
