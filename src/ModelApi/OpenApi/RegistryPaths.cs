using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Signatures;
using ModelApi.Models;
using ModelApi.Predictions;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ModelApi.OpenApi;

/// <summary>Adds the prediction routes, typed and with a working example, from what the registry holds.</summary>
internal sealed class PredictionPaths(ModelRegistry registry, ModelLoading loading) : IDocumentAsyncFilter
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";

    private static readonly (string Status, string Schema, string Description)[] ProblemResponses =
    [
        ("400", ProblemSchemas.MalformedJson, "The body is not JSON that can be read; line and position say where."),
        ("401", ProblemSchemas.Problem, "No valid key or token was sent."),
        ("413", ProblemSchemas.TooLarge, "The body is larger than the server takes."),
        ("415", ProblemSchemas.Problem, "The body is not JSON in UTF-8."),
        ("422", ProblemSchemas.InvalidFeatures, "Features are missing, unknown or invalid; errors names all of them by JSON pointer."),
        ("503", ProblemSchemas.Problem, "The model is not ready."),
        ("504", ProblemSchemas.Problem, "The request took longer than the server allows."),
    ];

    public async Task ApplyAsync(OpenApiDocument document, DocumentFilterContext context, CancellationToken cancellationToken)
    {
        await loading.Completion.WaitAsync(cancellationToken);
        ProblemSchemas.AddTo(document.Components!.Schemas!);
        document.Tags = new HashSet<OpenApiTag>
        {
            new() { Name = "Predictions", Description = "Scores rows." },
            new() { Name = "Models", Description = "What is served." },
            new() { Name = "Health", Description = "Whether the server is alive and ready." },
        };
        if (registry.Find(registry.DefaultModel)?.Production is { } version)
        {
            AddPath(document, "/predict", "Predict", version);
        }
    }

    private static void AddPath(OpenApiDocument document, string path, string operationId, ModelVersion version)
    {
        var manifest = version.Manifest!;
        var prefix = PascalCase(version.Model);
        var schemas = document.Components!.Schemas!;
        schemas[$"{prefix}Features"] = FeatureSchemas.Row(manifest.Signature, manifest.Description);
        schemas[$"{prefix}Prediction"] = WithSender(FeatureSchemas.Answer(manifest.Signature));
        schemas[$"{prefix}Predictions"] = WithSender(Several(FeatureSchemas.Answer(manifest.Signature)));

        IOpenApiSchema Reference(string name) => new OpenApiSchemaReference(prefix + name, document);
        var rows = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Reference("Features"), MinItems = 1 };
        var operation = new OpenApiOperation
        {
            OperationId = operationId,
            Tags = new HashSet<OpenApiTagReference> { new("Predictions", document) },
            Summary = $"Scores rows with {version.Model} {version.Version}",
            Description = $"{manifest.Description} Send one object for one answer, or an array of objects (by itself, or under '{manifest.Signature.InstancesKey}') for an array of answers in the same order.",
            Security = BearerSecurity.Requirement(document),
            RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "The features.",
                Content = Content(Json, new OpenApiSchema
                {
                    OneOf = [Reference("Features"), rows, Instances(manifest.Signature, rows)],
                }, manifest.Signature.Example()),
            },
            Responses = new OpenApiResponses
            {
                ["200"] = new OpenApiResponse
                {
                    Description = "The answer, or one for each row.",
                    Content = Content(Json, new OpenApiSchema { OneOf = [Reference("Prediction"), Reference("Predictions")] }, ExampleAnswer(version)),
                },
            },
        };
        foreach (var (status, schema, description) in ProblemResponses)
        {
            operation.Responses[status] = new OpenApiResponse
            {
                Description = description,
                Content = Content(ProblemJson, new OpenApiSchemaReference(schema, document), example: null),
            };
        }

        document.Paths[path] = new OpenApiPathItem { Operations = new Dictionary<HttpMethod, OpenApiOperation> { [HttpMethod.Post] = operation } };
    }

    // The real answer to the example, so that the page shows what a caller will get.
    private static JsonNode ExampleAnswer(ModelVersion version)
    {
        var workspace = version.Rent();
        try
        {
            var request = JsonSerializer.SerializeToUtf8Bytes(version.Manifest!.Signature.Example());
            var shape = version.Reader!.Read(request, workspace.Features, workspace.Findings);
            version.Scorer!.Score(workspace.Features, workspace.Predictions);
            var answer = new ArrayBufferWriter<byte>();
            PredictionReply.Write(answer, shape, version, workspace, "you");
            return JsonNode.Parse(answer.WrittenSpan)!;
        }
        finally
        {
            version.Return(workspace);
        }
    }

    private static OpenApiSchema Instances(Signature signature, IOpenApiSchema rows) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema> { [signature.InstancesKey] = rows },
        Required = new HashSet<string> { signature.InstancesKey },
        AdditionalPropertiesAllowed = false,
    };

    private static OpenApiSchema Several(OpenApiSchema answer) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["predictions"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = answer, Description = "The answers, in the order of the rows." },
        },
        Required = new HashSet<string> { "predictions" },
    };

    private static OpenApiSchema WithSender(OpenApiSchema schema)
    {
        foreach (var (name, description) in new[] { ("model", "What answered."), ("version", "Its version."), ("username", "Who asked.") })
        {
            schema.Properties![name] = new OpenApiSchema { Type = JsonSchemaType.String, Description = description };
            schema.Required!.Add(name);
        }

        schema.Properties!["warnings"] = ProblemSchemas.Messages("What is unusual about the features but was scored, by JSON pointer.");
        schema.Properties["warningsOmitted"] = ProblemSchemas.Integer("How many warnings beyond those listed there are.");
        return schema;
    }

    private static Dictionary<string, IOpenApiMediaType> Content(string type, IOpenApiSchema schema, JsonNode? example) =>
        new() { [type] = new OpenApiMediaType { Schema = schema, Example = example } };

    private static string PascalCase(string name) =>
        string.Concat(name.Split('-', '_', '.').Where(part => part.Length > 0).Select(part => char.ToUpper(part[0], CultureInfo.InvariantCulture) + part[1..]));
}
