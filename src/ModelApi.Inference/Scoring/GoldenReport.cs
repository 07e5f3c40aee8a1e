using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring;

/// <summary>How well a scorer reproduced the golden rows.</summary>
/// <param name="Rows">Rows that were scored.</param>
/// <param name="LargestDifference">
/// The largest absolute difference from one of the trainer's numbers (probabilities, values, scores); of numbers with several scales, the
/// one that is largest on its own scale. Zero for labels alone.
/// </param>
/// <param name="Allowed">The largest difference that this number may have, in the same unit.</param>
/// <param name="Tolerance">The tolerance of the model.</param>
public sealed record GoldenReport(int Rows, double LargestDifference, double Allowed, Tolerance Tolerance)
{
    /// <summary>Rows with another label than the trainer's, where the trainer's own best two classes lie within the tolerance.</summary>
    public int TiedRows { get; init; }

    /// <summary>The report in one line for people.</summary>
    public string Describe()
    {
        var numbers = Allowed > 0
            ? FormattableString.Invariant($", largest difference {LargestDifference:g2} ({Allowed:g2} allowed)")
            : ", all labels equal";
        var ties = TiedRows > 0 ? FormattableString.Invariant($", {TiedRows} labels differ where the trainer's best classes tie") : "";
        var reason = Tolerance.Reason is { } text ? FormattableString.Invariant($"; tolerance {Tolerance.Share:g2}: {text}") : "";
        return FormattableString.Invariant($"{Rows} golden rows reproduced{numbers}{ties}{reason}");
    }
}
