namespace ModelApi.Inference.Signatures;

/// <summary>The names of the members of an answer.</summary>
public static class AnswerMembers
{
    /// <summary>The predicted class or number.</summary>
    public const string Prediction = "prediction";

    /// <summary>The outputs that are returned as they are.</summary>
    public const string Outputs = "outputs";

    /// <summary>The member that holds the numbers beside the prediction; null where there are none.</summary>
    public static string? NumbersOf(AnswerShape answer) => answer.Numbers switch
    {
        NumberKind.Probabilities => "probabilities",
        NumberKind.Scores => answer is { NumberColumns: 1, LabelColumns: 1 } ? "score" : "scores",
        NumberKind.Distances => "distances",
        _ => null,
    };

    /// <summary>All members of an answer, in their order.</summary>
    public static IEnumerable<string> Of(AnswerShape answer)
    {
        yield return Prediction;
        if (NumbersOf(answer) is { } numbers)
        {
            yield return numbers;
        }

        if (answer.Others.Count > 0)
        {
            yield return Outputs;
        }
    }
}
