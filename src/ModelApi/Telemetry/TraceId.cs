using System.Diagnostics;

namespace ModelApi.Telemetry;

/// <summary>What ties an answer to the server's log.</summary>
internal static class TraceId
{
    public static string Of(HttpContext context) => Activity.Current?.Id ?? context.TraceIdentifier;
}
