using System.Diagnostics;

namespace ModelApi.Errors;

/// <summary>What ties an answer to the server's log, and to the caller's own trace where the caller sent one.</summary>
internal static class TraceId
{
    // Nobody makes an activity for each request unless somebody listens, so the caller's traceparent (W3C Trace Context) is read here.
    public static string Of(HttpContext context)
    {
        if (Activity.Current?.Id is { } id)
        {
            return id;
        }

        if (context.Request.Headers.TraceParent is [{ } parent] && ActivityContext.TryParse(parent, traceState: null, out _))
        {
            // ASP.NET Core's own writer of problem documents takes it from here.
            context.TraceIdentifier = parent;
        }

        return context.TraceIdentifier;
    }
}
