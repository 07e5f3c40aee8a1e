namespace ModelApi.Inference.Registry;

/// <summary>What keeps a caller of a canary with one version.</summary>
/// <param name="Kind">Where its value is found.</param>
/// <param name="Name">The name of the header or feature; empty for the caller.</param>
public sealed record RolloutKey(RolloutKeyKind Kind, string Name)
{
    /// <summary>How <see cref="Caller"/> is written.</summary>
    public const string CallerText = "caller";

    private const string HeaderPrefix = "header:";
    private const string FeaturePrefix = "feature:";

    /// <summary>The name under which a caller is authenticated.</summary>
    public static RolloutKey Caller { get; } = new(RolloutKeyKind.Caller, "");

    /// <summary>Reads <c>caller</c>, <c>header:NAME</c> or <c>feature:NAME</c>.</summary>
    /// <returns>Null for any other text, and for a header with a name that no header can have.</returns>
    public static RolloutKey? TryParse(string text)
    {
        if (text == CallerText)
        {
            return Caller;
        }

        if (text.StartsWith(HeaderPrefix, StringComparison.Ordinal))
        {
            var name = text[HeaderPrefix.Length..];
            return IsToken(name) ? new RolloutKey(RolloutKeyKind.Header, name) : null;
        }

        return text.StartsWith(FeaturePrefix, StringComparison.Ordinal) && text.Length > FeaturePrefix.Length
            ? new RolloutKey(RolloutKeyKind.Feature, text[FeaturePrefix.Length..])
            : null;
    }

    // RFC 9110, section 5.6.2.
    private static bool IsToken(string name) =>
        name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter));
}
