using ModelApi.Inference.Batches;

namespace ModelApi.Errors;

/// <summary>Every problem that the server answers.</summary>
internal static class Problems
{
    public static Problem MalformedJson(MalformedJsonException fault) =>
        new(400, ProblemTypes.MalformedJson, "The body is not JSON that can be read",
            $"Line {fault.Line}, position {fault.Position}: {fault.Message}")
        {
            Extensions = new Dictionary<string, object?> { ["line"] = fault.Line, ["position"] = fault.Position },
        };

    public static Problem InvalidParameter(string name, params string[] values) =>
        new(400, ProblemTypes.InvalidParameter, "A query parameter is not valid",
            $"The query parameter '{name}' must be given once, as {string.Join(" or ", values.Select(value => $"'{value}'"))}.");

    public static Problem Unauthorized(string detail) =>
        new(401, ProblemTypes.Unauthorized, "A valid key or token is needed", detail);

    public static Problem UnknownModel(string name, IEnumerable<string> known) =>
        new(404, ProblemTypes.UnknownModel, "No such model", $"There is no model '{name}'. Known: {List(known)}.");

    public static Problem TooLarge(long maxBytes) =>
        new(413, ProblemTypes.TooLarge, "The body is too large",
            $"The body may have at most {maxBytes} bytes; send the rows in several requests.")
        {
            Extensions = new Dictionary<string, object?> { ["maxBytes"] = maxBytes },
        };

    public static Problem UnsupportedMediaType(string detail) =>
        new(415, ProblemTypes.UnsupportedMediaType, "The body is of a type that is not read here", detail);

    public static Problem InvalidFeatures(Findings findings, RequestShape shape)
    {
        var extensions = new Dictionary<string, object?> { ["errors"] = ByPointer(findings.Errors, shape) };
        if (findings.ErrorsOmitted > 0)
        {
            extensions["errorsOmitted"] = findings.ErrorsOmitted;
        }

        var count = findings.Errors.Count + findings.ErrorsOmitted;
        return new Problem(422, ProblemTypes.InvalidFeatures, "The features are not valid",
            $"{count} {(count == 1 ? "fault was" : "faults were")} found and nothing was scored; 'errors' names each by JSON pointer.")
        {
            Extensions = extensions,
        };
    }

    public static Problem NotReady(string detail) =>
        new(503, ProblemTypes.NotReady, "Not ready", detail) { RetryAfterSeconds = 2 };

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

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'").DefaultIfEmpty("none"));
}
