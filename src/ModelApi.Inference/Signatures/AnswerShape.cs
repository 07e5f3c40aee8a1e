namespace ModelApi.Inference.Signatures;

/// <summary>What the answer to one row holds.</summary>
public sealed record AnswerShape
{
    /// <summary>Predicted classes: none for numbers alone, one, or one for each of several targets.</summary>
    public required int LabelColumns { get; init; }

    /// <summary>What the numbers are.</summary>
    public required NumberKind Numbers { get; init; }

    /// <summary>How many numbers there are.</summary>
    public required int NumberColumns { get; init; }

    /// <summary>Whether the numbers are 64-bit floats from the graph to the answer, rather than 32-bit ones.</summary>
    public bool AreDoubles { get; init; }

    /// <summary>Outputs that are returned as they are.</summary>
    public IReadOnlyList<OtherOutput> Others { get; init; } = [];

    /// <summary>
    /// Whether the answer is one class with the probability of each class, or one number, in 32-bit floats: the answers of nearly every
    /// model, which are written the fastest way.
    /// </summary>
    public bool IsPlain => !AreDoubles && Others.Count == 0
        && (LabelColumns == 1 ? Numbers == NumberKind.Probabilities : LabelColumns == 0 && NumberColumns == 1);

    /// <summary>The usual answer of a task: a class with the probability of each class, one number for each target, and so on.</summary>
    public static AnswerShape Of(ModelTask task, ClassLabels? classes, IReadOnlyList<string> targets) => task switch
    {
        ModelTask.Multilabel => new()
        {
            LabelColumns = targets.Count,
            Numbers = NumberKind.Probabilities,
            NumberColumns = targets.Count,
        },
        ModelTask.OutlierDetection => new() { LabelColumns = 1, Numbers = NumberKind.Scores, NumberColumns = 1 },
        ModelTask.Clustering => new() { LabelColumns = 1, Numbers = NumberKind.Distances, NumberColumns = classes?.Count ?? 0 },
        ModelTask.Classification when classes is not null =>
            new() { LabelColumns = 1, Numbers = NumberKind.Probabilities, NumberColumns = classes.Count },
        _ => new() { LabelColumns = 0, Numbers = NumberKind.Values, NumberColumns = Math.Max(1, targets.Count) },
    };

    /// <summary>The same without numbers.</summary>
    public AnswerShape WithoutNumbers() => this with { Numbers = NumberKind.None, NumberColumns = 0 };
}
