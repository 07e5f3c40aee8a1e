using System.Text.Json;
using ModelApi.Errors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Deployments;

/// <summary>Reads the small JSON objects that changes are asked for with, and finds everything that is wrong with one at once.</summary>
internal sealed class BodyFields
{
    private const int MostBytes = 64 * 1024;
    private const int MostDepth = 8;

    private readonly Dictionary<string, JsonElement> _members;
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    private BodyFields(JsonElement body, string[] names)
    {
        _members = body.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        foreach (var unknown in _members.Keys.Except(names, StringComparer.Ordinal))
        {
            Fail(unknown, NearestName.Find(unknown, names) is { } meant
                ? $"Unknown; did you mean '{meant}'?"
                : $"Unknown; the members are {string.Join(", ", names)}.");
        }
    }

    /// <summary>Everything that is wrong, or null.</summary>
    public Problem? Problem => _errors.Count == 0 ? null : DeploymentProblems.InvalidBody(_errors);

    /// <summary>Reads a body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="names">The members that it may have.</param>
    /// <returns>The body, or why it cannot be read.</returns>
    public static async Task<(BodyFields? Fields, Problem? Problem)> ReadAsync(HttpContext context, params string[] names)
    {
        var (body, problem) = await ReadJsonAsync(context);
        return problem is not null ? (null, problem)
            : body.ValueKind == JsonValueKind.Object ? (new BodyFields(body, names), null)
            : (null, DeploymentProblems.InvalidBody(new() { [""] = [$"Must be an object with {string.Join(", ", names)}."] }));
    }

    /// <summary>Reads a body as any JSON value without duplicate members.</summary>
    /// <returns>The value, or why it cannot be read.</returns>
    public static async Task<(JsonElement Body, Problem? Problem)> ReadJsonAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentType is not null && !request.HasJsonContentType())
        {
            return (default, Problem.Of(Failures.UnsupportedMediaType("Send JSON with the header Content-Type: application/json.")));
        }

        using var content = new MemoryStream();
        var buffer = new byte[4096];
        while (await request.Body.ReadAsync(buffer, context.RequestAborted) is var length and > 0)
        {
            content.Write(buffer, 0, length);
            if (content.Length > MostBytes)
            {
                return (default, Problem.Of(Failures.TooLarge(MostBytes)));
            }
        }

        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MostDepth };
            using var document = JsonDocument.Parse(content.ToArray(), options);
            return (document.RootElement.Clone(), null);
        }
        catch (JsonException exception)
        {
            return (default, DeploymentProblems.MalformedBody(exception));
        }
    }

    /// <summary>Reads a text that must be there; empty where it is not.</summary>
    public string Text(string name, string example)
    {
        if (!_members.TryGetValue(name, out var value))
        {
            Fail(name, $"Missing; for example \"{example}\".");
        }
        else if (value.ValueKind != JsonValueKind.String)
        {
            Fail(name, $"Must be a text, such as \"{example}\".");
        }
        else
        {
            return value.GetString()!;
        }

        return "";
    }

    /// <summary>Reads one of some names, whatever its case.</summary>
    public T Choice<T>(string name)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        var text = Text(name, names[^1]);
        if (Array.FindIndex(names, known => known.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index)
        {
            return Enum.GetValues<T>()[index];
        }

        if (!_errors.ContainsKey(JsonPointer.ToMember(name)))
        {
            Fail(name, $"Must be one of {string.Join(", ", names)}.");
        }

        return default;
    }

    private void Fail(string name, string message) => _errors[JsonPointer.ToMember(name)] = [message];
}
