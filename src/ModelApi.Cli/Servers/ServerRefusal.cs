using System.Net;

namespace ModelApi.Cli.Servers;

/// <summary>The reason why a server refuses a request.</summary>
/// <param name="status">The status of its answer.</param>
/// <param name="message">Its reason.</param>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
internal sealed class ServerRefusal(HttpStatusCode status, string message, int exitCode) : CommandException(message, exitCode)
{
    public HttpStatusCode Status => status;
}
