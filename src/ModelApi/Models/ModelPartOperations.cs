using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using ModelApi.Errors;
using ModelApi.Models.Code;
using ModelApi.OpenApi;

namespace ModelApi.Models;

/// <summary>Documents the routes of <see cref="ModelPartEndpoints"/> for one model.</summary>
internal sealed class ModelPartOperations(ModelProblems problems, IOptions<JsonOptions> json) : IModelOperations
{
    public void AddTo(OpenApiDocument document, ModelRoutes routes)
    {
        // These routes answer for the version in production only.
        if (routes.NamesVersion)
        {
            return;
        }

        var (model, version) = (routes.Version.Model, routes.Version);
        Add("/signature", "Signature", $"What {model} takes and returns",
            "The features in order, with types, ranges, categories and examples; the task and its classes.",
            new OpenApiSchemaReference("Signature", document),
            JsonSerializer.SerializeToNode(SignatureReply.Of(version.Manifest!), json.Value.SerializerOptions));
        Add("/example", "Example", $"A valid row for {model}",
            "A row that can be sent as it is.",
            document.Share(FeatureSchemas.Row(version.Manifest!), routes.Names(FeatureSchemas.RowSuffix)),
            version.Manifest!.Signature.Example());
        if (version.Performance is { } performance)
        {
            var (part, example) = FirstPart(performance, preferred: "overall");
            Add("/performance", "Performance", $"How well {model} predicts",
                "Measured on held-out rows. 'filter' selects a part by name or path: overall, overall.accuracy, slices.0.n.",
                new OpenApiSchema { Description = "The document, or the part that was asked for." },
                routes.IsWhole ? example : null,
                Parameter("filter", ParameterLocation.Query, "The part; without it, the whole document.", routes.IsWhole ? part : null),
                routes.IsWhole
                    ? ModelPartEndpoints.Part(version, ModelPartEndpoints.PerformanceFile, performance, Misspelling.Of(part)) as Problem
                    : null);
        }

        if (version.Arguments is { } arguments)
        {
            var (argument, example) = FirstPart(arguments, preferred: null);
            Add("/args", "Arguments", $"How {model} was trained",
                "The arguments of the training run.",
                new OpenApiSchema { Type = JsonSchemaType.Object },
                routes.IsWhole ? JsonNode.Parse(arguments.GetRawText()) : null);
            Add("/args/{arg}", "Argument", $"One training argument of {model}",
                "An argument's value, or a part of it by a path such as split.seed.",
                new OpenApiSchema { Description = "The value." },
                routes.IsWhole ? example : null,
                Parameter("arg", ParameterLocation.Path, "The argument's name.", routes.IsWhole ? argument : null),
                routes.IsWhole
                    ? ModelPartEndpoints.Part(version, ModelPartEndpoints.ArgumentsFile, arguments, Misspelling.Of(argument)) as Problem
                    : null);
        }

        Add("/code", "Code", $"A program that calls {model}",
            "A complete program that sends the example to this server and prints the answer. It takes the key or token from the "
                + "environment variable MODELAPI_KEY.",
            new OpenApiSchema { Type = JsonSchemaType.String },
            example: null,
            document.Share(LanguageParameter(), "Language"),
            Problems.UnknownLanguage(Misspelling.Of(CodeLanguage.Python, CodeLanguage.Names), CodeLanguage.Names),
            Media.Text);

        void Add(
            string path, string name, string summary, string description, IOpenApiSchema schema, JsonNode? example,
            IOpenApiParameter? parameter = null, Problem? unknown = null, string media = Media.Json)
        {
            var response = new OpenApiResponse
            {
                Description = "From the version in production.",
                Content = Media.Of(media, schema, example),
                Headers = new Dictionary<string, IOpenApiHeader> { ["ETag"] = EntityTag(document) },
            };
            var operation = new OpenApiOperation
            {
                OperationId = $"Get{routes.Operations}{name}",
                Tags = new HashSet<OpenApiTagReference> { new(routes.Tag, document) },
                Summary = summary,
                Description = description,
                Parameters = parameter is null ? [] : [parameter],
                Responses = new OpenApiResponses
                {
                    ["200"] = document.Share(response, media == Media.Text ? [name] : routes.Names(name)),
                    ["304"] = document.Share(
                        new OpenApiResponse { Description = "Unchanged since the ETag in If-None-Match." }, "NotModified"),
                },
            };
            BearerSecurity.Require(operation, document);
            operation.AddProblems(document, names: null, ModelProblems.NotReady);
            operation.AddProblems(
                document,
                kind => routes.Names(unknown is null ? kind : name + kind),
                problems.UnknownNames(routes).Append(unknown).OfType<Problem>());
            document.Paths[routes.Prefix + path] = new OpenApiPathItem { Operations = new() { [HttpMethod.Get] = operation } };
        }
    }

    private static (string Name, JsonNode? Value) FirstPart(JsonElement document, string? preferred)
    {
        var parts = document.EnumerateObject().OrderBy(part => part.Name != preferred).ToList();
        return parts.Count == 0 ? ("", null) : (parts[0].Name, JsonNode.Parse(parts[0].Value.GetRawText()));
    }

    private static OpenApiParameter Parameter(string name, ParameterLocation place, string description, string? example) => new()
    {
        Name = name,
        In = place,
        Required = place == ParameterLocation.Path,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = example,
    };

    private static OpenApiParameter LanguageParameter() => new()
    {
        Name = "language",
        In = ParameterLocation.Query,
        Required = true,
        Description = "The language of the program.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. CodeLanguage.Names.Select(name => JsonValue.Create(name)!)] },
        Example = CodeLanguage.Python,
    };

    private static IOpenApiHeader EntityTag(OpenApiDocument document) => document.Share(
        new OpenApiHeader
        {
            Description = "Names this state; sent as If-None-Match, it saves fetching the same again.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        },
        "ETag");
}
