using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Cli.Servers;

/// <summary>Tells why a server refused, from its problem details (RFC 9457).</summary>
internal static class ServerProblem
{
    private const int MostListed = 20;

    private static readonly string[] Lists = ["differences", "faults"];
    private static readonly string[] FaultParts = ["file", "path", "message"];

    /// <param name="status">The status of the answer.</param>
    /// <param name="body">Its body: problem details, or whatever a proxy in between has written.</param>
    public static ServerRefusal Of(HttpStatusCode status, string body)
    {
        var problem = TryParse(body);
        var lines = new List<string>
        {
            problem?["detail"] is JsonValue detail ? detail.ToString() : $"The server answered {(int)status} without a reason.",
        };
        lines.AddRange(Listed(problem));
        if (status == HttpStatusCode.Unauthorized)
        {
            lines.Add($"Give the key or token with --token, or in the environment variable {ServerOptions.TokenVariable}.");
        }

        return new ServerRefusal(status, string.Join(Environment.NewLine, lines), ExitCodeOf(status));
    }

    private static int ExitCodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType
            or HttpStatusCode.UnprocessableEntity => ExitCodes.Faults,
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => ExitCodes.Conflict,
        HttpStatusCode.GatewayTimeout => ExitCodes.TimedOut,
        _ => ExitCodes.Failed,
    };

    // Faults by JSON pointer, and the differences that would break clients.
    private static IEnumerable<string> Listed(JsonNode? problem)
    {
        var errors = problem?["errors"] is JsonObject byPlace
            ? byPlace.SelectMany(place => place.Value is JsonArray messages
                ? messages.Select(message => $"{place.Key} {message}".TrimStart())
                : [])
            : [];
        var others = Lists.SelectMany(name => problem?[name] is JsonArray items
            ? items.Select(TextOf)
            : []);
        var all = errors.Concat(others).ToList();
        return all.Count <= MostListed
            ? all.Select(line => $"  {line}")
            : all.Take(MostListed).Append($"… and {all.Count - MostListed} more").Select(line => $"  {line}");
    }

    private static string TextOf(JsonNode? item) => item is JsonObject fault
        ? string.Join(' ', FaultParts.Select(part => fault[part]?.ToString()).Where(part => part is { Length: > 0 }))
        : item?.ToString() ?? "";

    private static JsonObject? TryParse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
