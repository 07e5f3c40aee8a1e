namespace ModelApi.Errors;

/// <summary>The stable identifiers of problems (RFC 9457, "type"); docs/errors.md explains each.</summary>
internal static class ProblemTypes
{
    public const string BadRequest = Prefix + "bad-request";
    public const string MalformedJson = Prefix + "malformed-json";
    public const string InvalidParameter = Prefix + "invalid-parameter";
    public const string InvalidHeader = Prefix + "invalid-header";
    public const string Unauthorized = Prefix + "unauthorized";
    public const string Forbidden = Prefix + "forbidden";
    public const string NotFound = Prefix + "not-found";
    public const string UnknownModel = Prefix + "unknown-model";
    public const string UnknownVersion = Prefix + "unknown-version";
    public const string UnknownPart = Prefix + "unknown-part";
    public const string UnknownLanguage = Prefix + "unknown-language";
    public const string NotInBundle = Prefix + "not-in-bundle";
    public const string MethodNotAllowed = Prefix + "method-not-allowed";
    public const string RequestTooSlow = Prefix + "request-too-slow";
    public const string TooLarge = Prefix + "too-large";
    public const string UnsupportedMediaType = Prefix + "unsupported-media-type";
    public const string InvalidFeatures = Prefix + "invalid-features";
    public const string Internal = Prefix + "internal";
    public const string NotReady = Prefix + "not-ready";
    public const string Overloaded = Prefix + "overloaded";
    public const string TimedOut = Prefix + "timed-out";

    private const string Prefix = "urn:problem-type:modelapi:";
}
