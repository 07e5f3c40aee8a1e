using Microsoft.OpenApi;

namespace ModelApi.OpenApi;

/// <summary>Documents the envelope, where the configuration puts every answer into one.</summary>
internal static class EnvelopeSchemas
{
    private static readonly string[] Wrapped = [Media.Json, Media.ProblemJson, Media.Text];

    public static void Wrap(OpenApiDocument document)
    {
        // A response that is not shared is the operation's own; a reference is wrapped where it leads to.
        var own = document.Paths.SelectMany(path => path.Value.Operations!.Values).SelectMany(operation => operation.Responses!.Values);
        foreach (var response in own.Concat(document.Components!.Responses?.Values ?? []).OfType<OpenApiResponse>())
        {
            if (response.Content?.FirstOrDefault(content => Wrapped.Contains(content.Key)).Value is { Schema: { } data })
            {
                response.Content = Media.Of(Media.Json, Around(data));
            }
        }
    }

    private static OpenApiSchema Around(IOpenApiSchema data) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["message"] = Text("OK, or the title of the problem."),
            ["method"] = Text("The method of the request."),
            ["status-code"] = ProblemSchemas.Integer("The HTTP status."),
            ["timestamp"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = "date-time",
                Description = "The time of the answer.",
            },
            ["url"] = Text("The address of the request."),
            ["data"] = data,
        },
        Required = new HashSet<string> { "message", "method", "status-code", "timestamp", "url", "data" },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
