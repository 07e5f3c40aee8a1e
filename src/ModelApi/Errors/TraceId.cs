using System.Diagnostics;

namespace ModelApi.Errors;

/// <summary>What ties an answer to the server's log, and to the caller's own trace where the caller sent one.</summary>
internal static class TraceId
{
    // Nobody makes an activity for each request unless somebody listens, so the caller's traceparent (W3C Trace Context) is read here.
    public static string Of(HttpContext context)
    {
        // An activity of another format has an id that the caller chose.
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            return id;
        }

        if (context.Request.Headers.TraceParent is [{ } header] && TraceParent.TryRead(header) is { } parent)
        {
            // ASP.NET Core's own writer of problem documents takes it from here.
            context.TraceIdentifier = parent;
        }

        return context.TraceIdentifier;
    }
}
