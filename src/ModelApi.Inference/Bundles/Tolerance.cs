namespace ModelApi.Inference.Bundles;

/// <summary>How far an answer may be from the trainer's.</summary>
/// <param name="Share">
/// The largest difference of a probability; of any other number, the largest difference divided by the scale: the largest magnitude of
/// that number among the golden rows.
/// </param>
/// <param name="Reason">Why it is wider than <see cref="Usual"/>, for people; null where it is not.</param>
public sealed record Tolerance(double Share, string? Reason = null)
{
    /// <summary>The largest <see cref="Share"/>.</summary>
    public const double Most = 1e-3;

    /// <summary>The tolerance of a model whose manifest names none: sums of 32-bit floats in another order differ by less.</summary>
    public static Tolerance Usual { get; } = new(1e-5);

    /// <summary>The tolerance in a manifest; the usual one when it names none, or a faulty one.</summary>
    internal static Tolerance Read(ManifestNode root)
    {
        var reason = root.Member("toleranceReason", required: false)?.Text();
        if (root.Member("tolerance", required: false) is not { } node || node.Number() is not { } share)
        {
            return Usual;
        }

        if (share is not (> 0 and <= Most))
        {
            node.Fault("Must be greater than 0 and at most 0.001. A model that differs more from its trainer is another model.");
        }
        else if (share > Usual.Share && reason is null)
        {
            node.Fault("Is wider than 0.00001, the usual one: say why in 'toleranceReason', which callers can read.");
        }

        return new Tolerance(share, reason);
    }
}
