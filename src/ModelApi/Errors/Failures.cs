using ModelApi.Inference.Batches;

namespace ModelApi.Errors;

/// <summary>Every failure that a prediction can end in.</summary>
internal static class Failures
{
    private const int MaxEchoLength = 100;

    public static PredictionFailure MalformedJson(MalformedJsonException fault) =>
        new(FailureKind.MalformedBody, $"Line {fault.Line}, position {fault.Position}: {fault.Message}")
        {
            Facts = new Dictionary<string, object?> { ["line"] = fault.Line, ["position"] = fault.Position },
        };

    public static PredictionFailure InvalidParameter(string name, params string[] values) =>
        new(FailureKind.InvalidParameter,
            $"The query parameter '{name}' must be given once, as {string.Join(" or ", values.Select(value => $"'{value}'"))}.");

    public static PredictionFailure MisspeltParameter(string name, string meant) =>
        new(FailureKind.InvalidParameter, $"The query parameter '{Shorten(name)}' is unknown; did you mean '{meant}'?");

    public static PredictionFailure InvalidHeader(string name, string expected) =>
        new(FailureKind.InvalidHeader, $"The header '{name}' must be given once, as {expected}.");

    /// <param name="reason">Why the key or token was refused; null when none was sent.</param>
    public static PredictionFailure Unauthorized(string? reason) =>
        new(FailureKind.Unauthorized, $"{reason ?? "No key or token was sent."} Send the header Authorization: Bearer <key or token>.");

    public static PredictionFailure UnknownModel(string name, IReadOnlyList<string> known) =>
        new(FailureKind.UnknownModel, $"There is no model '{Shorten(name)}'{KnownNames.Suggest(name, known)} {KnownNames.List(known)}")
        {
            Facts = KnownNames.Facts(known),
        };

    public static PredictionFailure NoDefaultModel(IReadOnlyList<string> known) =>
        new(FailureKind.UnknownModel,
            $"There is no default model: set Models:Default, or call /models/{{name}}/predict. {KnownNames.List(known)}")
        {
            Facts = KnownNames.Facts(known),
        };

    public static PredictionFailure UnknownVersion(string model, string version, IReadOnlyList<string> known) =>
        new(FailureKind.UnknownVersion, $"Model '{model}' has no version '{Shorten(version)}'. {KnownNames.List(known)}")
        {
            Facts = KnownNames.Facts(known),
        };

    public static PredictionFailure TooLarge(long maxBytes) =>
        new(FailureKind.TooLarge, $"The body may have at most {maxBytes} bytes; send the rows in several requests.")
        {
            Facts = new Dictionary<string, object?> { ["maxBytes"] = maxBytes },
        };

    public static PredictionFailure UnsupportedMediaType(string detail) => new(FailureKind.UnsupportedMediaType, detail);

    /// <param name="findings">What is wrong.</param>
    /// <param name="shape">The shape of the body.</param>
    /// <param name="validRows">The number of other rows, which could have been scored.</param>
    public static PredictionFailure InvalidFeatures(Findings findings, RequestShape shape, int validRows)
    {
        var facts = new Dictionary<string, object?> { ["errors"] = ByPointer(findings.Errors, shape) };
        if (findings.ErrorsOmitted > 0)
        {
            facts["errorsOmitted"] = findings.ErrorsOmitted;
        }

        var count = findings.Errors.Count + findings.ErrorsOmitted;
        var hint = findings.IsRequestInvalid || validRows == 0
            ? ""
            : $" ?onInvalid=skip scores the {validRows} valid {(validRows == 1 ? "row" : "rows")}.";
        return new PredictionFailure(
            FailureKind.InvalidFeatures,
            $"{count} {(count == 1 ? "fault was" : "faults were")} found and nothing was scored; "
            + $"'errors' names each by JSON pointer.{hint}")
        {
            Facts = facts,
        };
    }

    public static PredictionFailure NotReady(string detail) => new(FailureKind.NotReady, detail) { RetryAfterSeconds = 2 };

    /// <summary>One instance, whose answer is prepared: it is sent most when there is least time.</summary>
    public static PredictionFailure Overloaded { get; } = new(
        FailureKind.Overloaded,
        "The server has more to score than it can and refused this request unread; send it again after Retry-After, more slowly each time.")
    {
        RetryAfterSeconds = 1,
    };

    /// <summary>Other requests hold the memory that this one needs.</summary>
    public static PredictionFailure NoMemory { get; } = new(
        FailureKind.Overloaded, "Other requests take up the memory for requests; send this one again after Retry-After.")
    {
        RetryAfterSeconds = 1,
    };

    public static PredictionFailure NeedsTooMuchMemory(long maxBytes) =>
        new(FailureKind.TooLarge,
            $"Reading and scoring the body needs more than the {maxBytes} bytes that all requests may use; "
            + "send the rows in several requests.");

    public static PredictionFailure TimedOut(double seconds) =>
        new(FailureKind.TimedOut, FormattableString.Invariant($"The request was given up after {seconds} s; send fewer rows at a time."));

    /// <summary>The failure of an answer that has a status and nothing else.</summary>
    public static PredictionFailure OfStatus(int status, HttpContext context) => status switch
    {
        401 => Unauthorized(reason: null),
        403 => new(FailureKind.Forbidden, "The key or token is valid but does not allow this."),
        404 => new(FailureKind.NotFound, "Nothing is served at this path; GET /docs shows what is."),
        405 => new(FailureKind.MethodNotAllowed,
            $"Use {(context.Response.Headers.Allow is { Count: > 0 } allow ? allow.ToString() : "another method")} here; "
            + "GET /docs shows how."),
        408 => new(FailureKind.RequestTooSlow,
            "The body came too slowly, or paused for too long. Send it without pauses; a large one can be compressed."),
        413 => new(FailureKind.TooLarge, "Send less in one request."),
        415 => UnsupportedMediaType("Send JSON with the header Content-Type: application/json."),
        503 => NotReady("The server cannot answer now; try again later."),
        >= 500 => new(FailureKind.Internal, "This is a fault of the server, not of the request; its log has the traceId.")
        {
            HttpStatus = status,
        },
        _ => new(FailureKind.BadRequest, "The request is not valid HTTP for this server.") { HttpStatus = status },
    };

    /// <summary>Messages by the JSON pointer of the value that they are about, in the order in which they were found.</summary>
    private static Dictionary<string, string[]> ByPointer(IEnumerable<Finding> findings, RequestShape shape) =>
        findings.GroupBy(finding => finding.Pointer(shape), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(finding => finding.Message).ToArray(), StringComparer.Ordinal);

    private static string Shorten(string text) => text.Length <= MaxEchoLength ? text : $"{text.AsSpan(0, MaxEchoLength)}…";
}
