using Microsoft.AspNetCore.Mvc;
using ModelApi.Telemetry;

namespace ModelApi.Errors;

/// <summary>One problem details answer (RFC 9457).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">One of <see cref="ProblemTypes"/>.</param>
/// <param name="Title">The kind of problem, the same for every occurrence.</param>
/// <param name="Detail">What is wrong with this request and how to mend it.</param>
internal sealed record Problem(int Status, string Type, string Title, string Detail) : IResult
{
    /// <summary>Further members of the document.</summary>
    public IReadOnlyDictionary<string, object?> Extensions { get; init; } = new Dictionary<string, object?>();

    /// <summary>Seconds after which the same request may succeed.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Writes the answer; a response that has already begun is left as it is.</summary>
    public Task WriteAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        if (RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var details = new ProblemDetails { Status = Status, Type = Type, Title = Title, Detail = Detail };
        foreach (var (name, value) in Extensions)
        {
            details.Extensions[name] = value;
        }

        details.Extensions["traceId"] = TraceId.Of(context);
        return TypedResults.Problem(details).ExecuteAsync(context);
    }

    Task IResult.ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);
}
