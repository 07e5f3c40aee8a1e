using Microsoft.OpenApi;
using ModelApi.OpenApi;

namespace ModelApi.Predictions;

/// <summary>The schemas of a version's rows and answers, as components.</summary>
internal sealed class PredictionSchemas(OpenApiDocument document, ModelRoutes routes)
{
    /// <summary>One row.</summary>
    public IOpenApiSchema Row { get; } =
        document.Share(FeatureSchemas.Row(routes.Version.Manifest!), routes.Names(FeatureSchemas.RowSuffix));

    /// <summary>Rows: an array of them, or an object that holds the array under the model's own key.</summary>
    public IOpenApiSchema Rows()
    {
        var rows = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Row, MinItems = 1 };
        var key = routes.Version.Manifest!.Signature.InstancesKey;
        var keyed = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema> { [key] = rows },
            Required = new HashSet<string> { key },
            AdditionalPropertiesAllowed = false,
        };
        return new OpenApiSchema { OneOf = [rows, keyed] };
    }

    /// <summary>The answer to one row.</summary>
    public IOpenApiSchema Prediction() => document.Share(
        WithSource(AnswerSchemas.Of(routes.Version.Manifest!.Signature)), routes.Names("Prediction"));

    /// <summary>The answer to several rows.</summary>
    public IOpenApiSchema Predictions()
    {
        var item = document.Share(AnswerSchemas.Of(routes.Version.Manifest!.Signature), routes.Names("Answer"));
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["predictions"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = item,
                    Description = "One answer for each row, in the same order.",
                },
            },
            Required = new HashSet<string> { "predictions" },
        };
        return document.Share(WithSource(schema), routes.Names("Predictions"));
    }

    private OpenApiSchema WithSource(OpenApiSchema schema)
    {
        var source = new[] { ("model", "The model that answered."), ("version", "Its version."), ("username", "The caller.") };
        foreach (var (name, description) in source)
        {
            schema.Properties![name] = new OpenApiSchema { Type = JsonSchemaType.String, Description = description };
            schema.Required!.Add(name);
        }

        schema.Properties!["warnings"] = document.Share(
            ProblemSchemas.Messages("Features that were scored but are unusual, by JSON pointer."), "Warnings");
        schema.Properties["warningsOmitted"] = ProblemSchemas.Integer("How many warnings there are beyond those listed.");
        return schema;
    }
}
