using Microsoft.OpenApi;

namespace ModelApi.OpenApi;

/// <summary>Documents the envelope where every answer comes in one.</summary>
internal static class EnvelopeSchemas
{
    private static readonly string[] Wrapped = [Media.Json, Media.ProblemJson, Media.Text];

    public static void Wrap(OpenApiDocument document)
    {
        foreach (var response in document.Paths.SelectMany(path => path.Value.Operations!.Values).SelectMany(operation => operation.Responses!.Values).OfType<OpenApiResponse>())
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
            ["message"] = Text("OK, or what went wrong."),
            ["method"] = Text("The method of the request."),
            ["status-code"] = ProblemSchemas.Integer("The HTTP status."),
            ["timestamp"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "When it was answered." },
            ["url"] = Text("The address of the request."),
            ["data"] = data,
        },
        Required = new HashSet<string> { "message", "method", "status-code", "timestamp", "url", "data" },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
