using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>Where the graphs hold the answer.</summary>
public sealed record AnswerOutputs
{
    /// <summary>The predicted class of each row, or of each row and target; null where it follows from the numbers.</summary>
    public AnswerOutput? Label { get; init; }

    /// <summary>The numbers; null for a label alone.</summary>
    public AnswerOutput? Numbers { get; init; }

    /// <summary>How the numbers lie in their tensor.</summary>
    public NumberLayout Layout { get; init; }

    /// <summary>The outputs that are returned as they are, in the order of the manifest.</summary>
    public IReadOnlyList<AnswerOutput> Others { get; init; } = [];

    /// <summary>What the answer to one row holds.</summary>
    public required AnswerShape Shape { get; init; }

    /// <summary>All of the outputs.</summary>
    public IEnumerable<AnswerOutput> All()
    {
        if (Label is not null)
        {
            yield return Label;
        }

        if (Numbers is not null)
        {
            yield return Numbers;
        }

        foreach (var other in Others)
        {
            yield return other;
        }
    }
}
