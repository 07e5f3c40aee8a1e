using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using ModelApi.Models.Code;
using ModelApi.OpenApi;

namespace ModelApi.Models;

/// <summary>Documents what a model's bundle tells its users; see <see cref="ModelPartEndpoints"/>.</summary>
internal sealed class ModelPartOperations(IOptions<JsonOptions> json) : IModelOperations
{
    private static readonly string[] Problems = ["401", "404", "503"];

    public void AddTo(OpenApiDocument document, ModelRoutes routes)
    {
        if (routes.IsOfOneVersion)
        {
            // These routes answer for the version in production only.
            return;
        }

        var (model, manifest) = (routes.Version.Model, routes.Version.Manifest!);
        Add("/signature", "Signature", $"What {model} takes and returns",
            "The features in order, with their types, ranges, categories and examples; the task and its classes.",
            Media.Of(Media.Json, new OpenApiSchemaReference("Signature", document), JsonSerializer.SerializeToNode(SignatureReply.Of(manifest), json.Value.SerializerOptions)));
        Add("/example", "Example", $"A valid row for {model}",
            "What can be sent to be scored, as it is.",
            Media.Of(Media.Json, new OpenApiSchemaReference(routes.Schemas + FeatureSchemas.RowSuffix, document), manifest.Signature.Example()));
        if (routes.Version.Performance is { } performance)
        {
            var (part, example) = FirstPart(performance, preferred: "overall");
            Add("/performance", "Performance", $"How well {model} does",
                "What was measured on held-out rows. filter selects a part of it: a name, or a path such as overall.accuracy or slices.0.n.",
                Media.Of(Media.Json, new OpenApiSchema { Description = "The document, or the part that was asked for." }, example),
                Parameter("filter", ParameterLocation.Query, "The part to answer; all of it without.", part));
        }

        if (routes.Version.Arguments is { } arguments)
        {
            var (argument, example) = FirstPart(arguments, preferred: null);
            Add("/args", "Arguments", $"How {model} was trained",
                "The arguments of the training run.",
                Media.Of(Media.Json, new OpenApiSchema { Type = JsonSchemaType.Object }, JsonNode.Parse(arguments.GetRawText())));
            Add("/args/{arg}", "Argument", $"One training argument of {model}",
                "The value of an argument, or a part of it by a path such as split.seed.",
                Media.Of(Media.Json, new OpenApiSchema { Description = "The value." }, example),
                Parameter("arg", ParameterLocation.Path, "The name of the argument.", argument));
        }

        var languages = CodeLanguage.All.Select(language => JsonValue.Create(language.Name)!).ToList();
        Add("/code", "Code", $"A program that asks {model} for a prediction",
            "A complete program that sends the example to this server and prints the answer. It takes the key or token from the environment variable MODELAPI_KEY.",
            Media.Of(Media.Text, new OpenApiSchema { Type = JsonSchemaType.String }),
            new OpenApiParameter
            {
                Name = "language",
                In = ParameterLocation.Query,
                Required = true,
                Description = "The language of the program.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. languages] },
                Example = "python",
            });

        void Add(string path, string name, string summary, string description, Dictionary<string, IOpenApiMediaType> content, params OpenApiParameter[] parameters)
        {
            var operation = new OpenApiOperation
            {
                OperationId = $"Get{routes.Name}{name}",
                Tags = new HashSet<OpenApiTagReference> { new(routes.Tag, document) },
                Summary = summary,
                Description = description,
                Security = BearerSecurity.Requirement(document),
                Parameters = [.. parameters],
                Responses = new OpenApiResponses
                {
                    ["200"] = new OpenApiResponse { Description = "Of the version that is served.", Content = content, Headers = EntityTag() },
                    ["304"] = new OpenApiResponse { Description = "It is still as the ETag in If-None-Match says." },
                },
            };
            foreach (var status in Problems)
            {
                operation.Responses[status] = ProblemSchemas.Response(status, document);
            }

            document.Paths[routes.Prefix + path] = new OpenApiPathItem { Operations = new() { [HttpMethod.Get] = operation } };
        }
    }

    private static (string Name, JsonNode? Value) FirstPart(JsonElement document, string? preferred)
    {
        var parts = document.EnumerateObject().ToList();
        var part = parts.Find(part => part.Name == preferred) is { Value.ValueKind: not JsonValueKind.Undefined } found ? found : parts.FirstOrDefault();
        return part.Value.ValueKind == JsonValueKind.Undefined ? ("", null) : (part.Name, JsonNode.Parse(part.Value.GetRawText()));
    }

    private static OpenApiParameter Parameter(string name, ParameterLocation place, string description, string example) => new()
    {
        Name = name,
        In = place,
        Required = place == ParameterLocation.Path,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = example,
    };

    private static Dictionary<string, IOpenApiHeader> EntityTag() => new()
    {
        ["ETag"] = new OpenApiHeader
        {
            Description = "Names this state; sent as If-None-Match, it saves fetching the same again.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };
}
