using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Errors;

/// <summary>Every problem that the server answers.</summary>
internal static class Problems
{
    private const int MostListed = 50;
    private const int LongestEcho = 100;

    public static Problem MalformedJson(MalformedJsonException fault) =>
        new(400, ProblemTypes.MalformedJson, "The body is not JSON that can be read",
            $"Line {fault.Line}, position {fault.Position}: {fault.Message}")
        {
            Extensions = new Dictionary<string, object?> { ["line"] = fault.Line, ["position"] = fault.Position },
        };

    public static Problem InvalidParameter(string name, params string[] values) =>
        new(400, ProblemTypes.InvalidParameter, "A query parameter is not valid",
            $"The query parameter '{name}' must be given once, as {string.Join(" or ", values.Select(value => $"'{value}'"))}.");

    public static Problem InvalidHeader(string name, string expected) =>
        new(400, ProblemTypes.InvalidHeader, "A header is not valid", $"The header '{name}' must be given once, as {expected}.");

    public static Problem Unauthorized(string detail) =>
        new(401, ProblemTypes.Unauthorized, "A valid key or token is needed", detail);

    public static Problem UnknownModel(string name, IEnumerable<string> known) =>
        Misspelt(ProblemTypes.UnknownModel, "No such model", "There is no model", name, [.. known]);

    public static Problem UnknownVersion(string model, string version, IEnumerable<string> known) =>
        Unknown(ProblemTypes.UnknownVersion, "No such version of the model", $"Model '{model}' has no version '{Shorten(version)}'.", [.. known]);

    /// <param name="document">What was searched.</param>
    /// <param name="path">How far the path led, empty for the document itself.</param>
    /// <param name="part">What there is not.</param>
    /// <param name="known">What there is in its place.</param>
    public static Problem UnknownPart(string document, string path, string part, IEnumerable<string> known) =>
        Misspelt(ProblemTypes.UnknownPart, "No such part", $"{document}{(path.Length == 0 ? "" : $" at '{path}'")} has no", part, [.. known]);

    public static Problem UnknownLanguage(string? language, IEnumerable<string> known) =>
        string.IsNullOrEmpty(language)
            ? Unknown(ProblemTypes.UnknownLanguage, "No such language", "Name the language of the program: ?language=…", [.. known])
            : Misspelt(ProblemTypes.UnknownLanguage, "No such language", "There is no program in the language", language, [.. known]);

    public static Problem NotInBundle(string model, string version, string file) =>
        new(404, ProblemTypes.NotInBundle, "The bundle does not say", $"The bundle of model '{model}', version {version}, holds no {file}.");

    public static Problem TooLarge(long maxBytes) =>
        new(413, ProblemTypes.TooLarge, "The body is too large",
            $"The body may have at most {maxBytes} bytes; send the rows in several requests.")
        {
            Extensions = new Dictionary<string, object?> { ["maxBytes"] = maxBytes },
        };

    public static Problem UnsupportedMediaType(string detail) =>
        new(415, ProblemTypes.UnsupportedMediaType, "The body is of a type that is not read here", detail);

    /// <param name="findings">What is wrong.</param>
    /// <param name="shape">What was sent.</param>
    /// <param name="validRows">How many other rows could have been scored.</param>
    public static Problem InvalidFeatures(Findings findings, RequestShape shape, int validRows)
    {
        var extensions = new Dictionary<string, object?> { ["errors"] = ByPointer(findings.Errors, shape) };
        if (findings.ErrorsOmitted > 0)
        {
            extensions["errorsOmitted"] = findings.ErrorsOmitted;
        }

        var count = findings.Errors.Count + findings.ErrorsOmitted;
        var hint = findings.IsRequestInvalid || validRows == 0 ? "" : $" ?onInvalid=skip scores the {validRows} valid {(validRows == 1 ? "row" : "rows")}.";
        return new Problem(422, ProblemTypes.InvalidFeatures, "The features are not valid",
            $"{count} {(count == 1 ? "fault was" : "faults were")} found and nothing was scored; 'errors' names each by JSON pointer.{hint}")
        {
            Extensions = extensions,
        };
    }

    public static Problem NotReady(string detail) =>
        new(503, ProblemTypes.NotReady, "Not ready", detail) { RetryAfterSeconds = 2 };

    /// <summary>Answered most when there is least time.</summary>
    public static Problem Overloaded { get; } = new Problem(
        503, ProblemTypes.Overloaded, "Too many requests at a time",
        "The server has more to score than it can and refused this request unread; send it again after Retry-After, more slowly each time.")
    {
        RetryAfterSeconds = 1,
    }.Prepare();

    public static Problem TimedOut(double seconds) =>
        new(504, ProblemTypes.TimedOut, "The request took too long",
            FormattableString.Invariant($"The request was given up after {seconds} s; send fewer rows at a time."));

    /// <summary>The problem of an answer that has a status and nothing else.</summary>
    public static Problem OfStatus(int status, HttpContext context) => status switch
    {
        401 => Unauthorized("Send an API key or a token: Authorization: Bearer <key>."),
        403 => new Problem(403, ProblemTypes.Forbidden, "Not allowed", "The key or token is valid but does not allow this."),
        404 => new Problem(404, ProblemTypes.NotFound, "No such address", "Nothing is served at this path; GET /docs shows what is."),
        405 => new Problem(405, ProblemTypes.MethodNotAllowed, "The method does not fit the address",
            $"Use {(context.Response.Headers.Allow.Count > 0 ? context.Response.Headers.Allow.ToString() : "another method")} here; GET /docs shows how."),
        408 => new Problem(408, ProblemTypes.RequestTooSlow, "The request came too slowly", "The body did not arrive in time."),
        413 => new Problem(413, ProblemTypes.TooLarge, "The request is too large", "Send less in one request."),
        415 => UnsupportedMediaType("Send JSON with the header Content-Type: application/json."),
        503 => NotReady("The server cannot answer now; try again later."),
        >= 500 => new Problem(status, ProblemTypes.Internal, "The server failed", "This is a fault of the server, not of the request; its log has the traceId."),
        _ => new Problem(status, ProblemTypes.BadRequest, "The request cannot be read", "The request is not valid HTTP for this server."),
    };

    /// <summary>Messages by the JSON pointer of the value that they are about, in the order in which they were found.</summary>
    public static Dictionary<string, string[]> ByPointer(IEnumerable<Finding> findings, RequestShape shape) =>
        findings.GroupBy(finding => finding.Pointer(shape), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(finding => finding.Message).ToArray(), StringComparer.Ordinal);

    private static Problem Misspelt(string type, string title, string what, string asked, List<string> known) =>
        Unknown(type, title, $"{what} '{Shorten(asked)}'{(NearestName.Find(asked, known) is { } meant ? $"; did you mean '{meant}'?" : ".")}", known);

    private static Problem Unknown(string type, string title, string detail, List<string> known) =>
        new(404, type, title, $"{detail} {List(known)}")
        {
            Extensions = new Dictionary<string, object?> { ["known"] = known.Take(MostListed) },
        };

    private static string List(List<string> names) => names switch
    {
        [] => "There are none.",
        { Count: > MostListed } => $"Known: {Quote(names.Take(MostListed))} and {names.Count - MostListed} more.",
        _ => $"Known: {Quote(names)}.",
    };

    private static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));

    private static string Shorten(string text) => text.Length <= LongestEcho ? text : $"{text.AsSpan(0, LongestEcho)}…";
}
