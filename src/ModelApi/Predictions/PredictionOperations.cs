using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Signatures;
using ModelApi.OpenApi;
using ModelApi.Overload;

namespace ModelApi.Predictions;

/// <summary>Documents the prediction route of a version.</summary>
internal sealed class PredictionOperations(Predictor predictor) : IModelOperations
{
    private const string Prediction = "Prediction";
    private const string Predictions = "Predictions";
    private const string PartialAnswer = "PartialAnswer";

    private static readonly string[] Problems = ["400", "401", "404", "413", "415", "422", "503", "504"];

    private static void AddSchemas(OpenApiDocument document, string name, ModelVersion version)
    {
        var signature = version.Manifest!.Signature;
        var schemas = document.Components!.Schemas!;
        schemas[name + FeatureSchemas.RowSuffix] = FeatureSchemas.Row(signature, version.Manifest.Description);
        schemas[name + Prediction] = WithSender(FeatureSchemas.Answer(signature));
        schemas[name + Predictions] = WithSender(Several(FeatureSchemas.Answer(signature), "The answers, in the order of the rows."));
        schemas[name + PartialAnswer] = WithSkipped(WithSender(Several(
            new OpenApiSchema { OneOf = [FeatureSchemas.Answer(signature), new OpenApiSchema { Type = JsonSchemaType.Null }] },
            "The answers, in the order of the rows; null where a row was skipped.")));
    }

    public void AddTo(OpenApiDocument document, ModelRoutes routes)
    {
        var version = routes.Version;
        var signature = version.Manifest!.Signature;
        AddSchemas(document, routes.Schemas, version);
        var rows = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Reference(FeatureSchemas.RowSuffix), MinItems = 1 };
        var operation = new OpenApiOperation
        {
            OperationId = $"Predict{routes.Name}",
            Tags = new HashSet<OpenApiTagReference> { new(routes.Tag, document) },
            Summary = $"Scores rows with {version.Model} {version.Version}",
            Description = $"{version.Manifest.Description} Send one object for one answer, or an array of objects (by itself, or under '{signature.InstancesKey}') for an array of answers in the same order.",
            Security = BearerSecurity.Requirement(document),
            Parameters = [SkipParameter(), TimeoutParameter()],
            RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "The features.",
                Content = Media.Of(Media.Json, new OpenApiSchema { OneOf = [Reference(FeatureSchemas.RowSuffix), rows, Instances(signature, rows)] }, signature.Example()),
            },
            Responses = new OpenApiResponses
            {
                ["200"] = new OpenApiResponse
                {
                    Description = "The answer, or one for each row.",
                    Content = Media.Of(
                        Media.Json,
                        new OpenApiSchema { AnyOf = [Reference(Prediction), Reference(Predictions), Reference(PartialAnswer)] },
                        ExampleAnswer(version)),
                },
            },
        };
        foreach (var status in Problems)
        {
            operation.Responses[status] = ProblemSchemas.Response(status, document);
        }

        document.Paths[$"{routes.Prefix}/predict"] = new OpenApiPathItem { Operations = new() { [HttpMethod.Post] = operation } };

        IOpenApiSchema Reference(string kind) => new OpenApiSchemaReference(routes.Schemas + kind, document);
    }

    // The real answer to the example, so that the page shows what a caller will get.
    private JsonNode? ExampleAnswer(ModelVersion version)
    {
        var sample = predictor.PredictSample(version, JsonSerializer.SerializeToUtf8Bytes(version.Manifest!.Signature.Example()));
        return sample.Answer is { } answer ? JsonNode.Parse(answer) : null;
    }

    private static OpenApiParameter SkipParameter() => new()
    {
        Name = OnInvalidParameter.Name,
        In = ParameterLocation.Query,
        Description = "What to do when some of several rows are not valid: score none of them, or skip them and score the others.",
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. OnInvalidParameter.Values.Select(value => JsonValue.Create(value)!)],
            Default = OnInvalidParameter.Values[0],
        },
    };

    private static OpenApiParameter TimeoutParameter() => new()
    {
        Name = Deadlines.Header,
        In = ParameterLocation.Header,
        Description = "How many seconds the caller waits, with a fraction if need be; then the work is stopped and the answer is 504. More than the server allows counts as what it allows.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Number, ExclusiveMinimum = "0" },
    };

    private static OpenApiSchema Instances(Signature signature, IOpenApiSchema rows) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema> { [signature.InstancesKey] = rows },
        Required = new HashSet<string> { signature.InstancesKey },
        AdditionalPropertiesAllowed = false,
    };

    private static OpenApiSchema Several(IOpenApiSchema answer, string description) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["predictions"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = answer, Description = description },
        },
        Required = new HashSet<string> { "predictions" },
    };

    private static OpenApiSchema WithSkipped(OpenApiSchema schema)
    {
        schema.Properties!["skipped"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            Items = ProblemSchemas.Integer("Index of a row, from 0."),
            Description = "The rows that were not scored.",
        };
        schema.Required!.Add("skipped");
        schema.Properties["errors"] = ProblemSchemas.Messages("Why rows were skipped, by JSON pointer.");
        schema.Properties["errorsOmitted"] = ProblemSchemas.Integer("How many faults beyond those listed there are.");
        return schema;
    }

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
}
