using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace ModelApi.OpenApi;

/// <summary>The content of requests and answers by media type.</summary>
internal static class Media
{
    public const string Json = MediaTypeNames.Application.Json;
    public const string ProblemJson = MediaTypeNames.Application.ProblemJson;
    public const string Text = MediaTypeNames.Text.Plain;

    public static Dictionary<string, IOpenApiMediaType> Of(string type, IOpenApiSchema schema, JsonNode? example = null) =>
        new() { [type] = new OpenApiMediaType { Schema = schema, Example = example } };
}
