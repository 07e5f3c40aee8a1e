namespace ModelApi.Errors;

/// <summary>The stable identifiers of problems (RFC 9457, "type"); docs/errors.md explains each.</summary>
internal static class ProblemTypes
{
    public const string BadRequest = Prefix + "bad-request";
    public const string MalformedJson = Prefix + "malformed-json";
    public const string InvalidParameter = Prefix + "invalid-parameter";
    public const string InvalidHeader = Prefix + "invalid-header";
    public const string BadArchive = Prefix + "bad-archive";
    public const string DigestMismatch = Prefix + "digest-mismatch";
    public const string Unauthorized = Prefix + "unauthorized";
    public const string Forbidden = Prefix + "forbidden";
    public const string NotFound = Prefix + "not-found";
    public const string UnknownModel = Prefix + "unknown-model";
    public const string UnknownVersion = Prefix + "unknown-version";
    public const string UnknownPart = Prefix + "unknown-part";
    public const string UnknownLanguage = Prefix + "unknown-language";
    public const string NotInBundle = Prefix + "not-in-bundle";
    public const string MethodNotAllowed = Prefix + "method-not-allowed";
    public const string Conflict = Prefix + "conflict";
    public const string BreakingChange = Prefix + "breaking-change";
    public const string PreconditionFailed = Prefix + "precondition-failed";
    public const string RequestTooSlow = Prefix + "request-too-slow";
    public const string TooLarge = Prefix + "too-large";
    public const string UnsupportedMediaType = Prefix + "unsupported-media-type";
    public const string InvalidFeatures = Prefix + "invalid-features";
    public const string InvalidBundle = Prefix + "invalid-bundle";
    public const string InvalidBody = Prefix + "invalid-body";
    public const string Internal = Prefix + "internal";
    public const string NotReady = Prefix + "not-ready";
    public const string Overloaded = Prefix + "overloaded";
    public const string StoreUnavailable = Prefix + "store-unavailable";
    public const string TimedOut = Prefix + "timed-out";

    private const string Prefix = "urn:problem-type:modelapi:";

    /// <summary>The status, type and title of a failure.</summary>
    public static (int Status, string Type, string Title) Of(FailureKind kind) => kind switch
    {
        FailureKind.BadRequest => (400, BadRequest, "The request cannot be read"),
        FailureKind.MalformedBody => (400, MalformedJson, "The body is not JSON that can be read"),
        FailureKind.InvalidParameter => (400, InvalidParameter, "A query parameter is not valid"),
        FailureKind.InvalidHeader => (400, InvalidHeader, "A header is not valid"),
        FailureKind.Unauthorized => (401, Unauthorized, "A valid key or token is needed"),
        FailureKind.Forbidden => (403, Forbidden, "Not allowed"),
        FailureKind.NotFound => (404, NotFound, "No such address"),
        FailureKind.UnknownModel => (404, UnknownModel, "No such model"),
        FailureKind.UnknownVersion => (404, UnknownVersion, "No such version of the model"),
        FailureKind.MethodNotAllowed => (405, MethodNotAllowed, "The method does not fit the address"),
        FailureKind.RequestTooSlow => (408, RequestTooSlow, "The request came too slowly"),
        FailureKind.TooLarge => (413, TooLarge, "The body is too large"),
        FailureKind.UnsupportedMediaType => (415, UnsupportedMediaType, "The body is of a type that is not read here"),
        FailureKind.InvalidFeatures => (422, InvalidFeatures, "The features are not valid"),
        FailureKind.NotReady => (503, NotReady, "Not ready"),
        FailureKind.Overloaded => (503, Overloaded, "Too many requests at a time"),
        FailureKind.TimedOut => (504, TimedOut, "The request took too long"),
        _ => (500, Internal, "The server failed"),
    };
}
