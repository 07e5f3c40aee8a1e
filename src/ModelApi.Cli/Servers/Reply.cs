using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Cli.Servers;

/// <summary>What a server answered.</summary>
/// <param name="Value">The members that commands read.</param>
/// <param name="Json">All of it, as <c>--json</c> writes it.</param>
internal sealed record Reply<T>(T Value, JsonNode Json)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <returns>Null when the text is no such answer.</returns>
    public static Reply<T>? Of(string text)
    {
        try
        {
            return JsonNode.Parse(text) is { } json && json.Deserialize<T>(Options) is { } value ? new Reply<T>(value, json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
