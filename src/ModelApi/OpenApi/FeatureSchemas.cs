using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.OpenApi;

/// <summary>JSON schemas of a model's rows and answers, made from its signature.</summary>
internal static class FeatureSchemas
{
    /// <summary>The end of the name of a row's schema.</summary>
    public const string RowSuffix = "Features";

    /// <summary>One row of features.</summary>
    public static OpenApiSchema Row(BundleManifest manifest)
    {
        var signature = manifest.Signature;
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = manifest.Description,
            Properties = signature.Features.ToDictionary(feature => feature.Name, IOpenApiSchema (feature) => Of(feature, signature)),
            Required = signature.Features.Where(feature => !feature.Nullable).Select(feature => feature.Name).ToHashSet(),
            AdditionalPropertiesAllowed = false,
            Examples = [signature.Example()],
        };
    }

    /// <summary>The prediction for one row.</summary>
    public static OpenApiSchema Answer(Signature signature)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema> { ["prediction"] = Prediction(signature) },
            Required = new HashSet<string> { "prediction" },
        };
        if (signature.Classes is { } classes)
        {
            schema.Properties["probabilities"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "The probability of each class; they sum to 1.",
                Properties = classes.Names.ToDictionary(name => name, IOpenApiSchema (_) => new OpenApiSchema
                {
                    Type = JsonSchemaType.Number,
                    Format = "float",
                    Minimum = "0",
                    Maximum = "1",
                }),
                Required = classes.Names.ToHashSet(),
            };
            schema.Required.Add("probabilities");
        }

        return schema;
    }

    private static OpenApiSchema Prediction(Signature signature) => signature.Classes switch
    {
        null => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "float", Description = $"The predicted {signature.Target}." },
        { AreIntegers: true } classes => new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Description = $"The predicted {signature.Target}.",
            Enum = [.. Enumerable.Range(0, classes.Count).Select(index => JsonValue.Create(classes.Integer(index)))],
        },
        var classes => new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Description = $"The predicted {signature.Target}.",
            Enum = [.. classes.Names.Select(name => JsonValue.Create(name)!)],
        },
    };

    private static OpenApiSchema Of(Feature feature, Signature signature)
    {
        if (feature.Shape is { } shape)
        {
            return Tensor(feature, shape, signature);
        }

        var schema = new OpenApiSchema
        {
            Type = TypeOf(feature.Type) | (feature.Nullable ? JsonSchemaType.Null : default),
            Description = Describe(feature, signature),
            Minimum = Bound(feature.Minimum),
            Maximum = Bound(feature.Maximum),
            MinLength = feature.MinimumLength > 0 ? feature.MinimumLength : null,
            MaxLength = feature is { Type: FeatureType.String, Categories: null } ? feature.MaximumLength : null,
            Examples = [feature.Example?.DeepClone() ?? JsonNullSentinel.JsonNull],
        };
        if (feature.Categories is { } categories)
        {
            schema.Enum = [.. categories.Names.Select(name => JsonValue.Create(name)!)];
            if (feature.Nullable)
            {
                schema.Enum.Add(JsonNullSentinel.JsonNull);
            }
        }

        return schema;
    }

    // Arrays of arrays of numbers, each as long as the shape says.
    private static OpenApiSchema Tensor(Feature feature, IReadOnlyList<int> shape, Signature signature)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Number,
            Minimum = Bound(feature.Minimum),
            Maximum = Bound(feature.Maximum),
        };
        for (var dimension = shape.Count - 1; dimension >= 0; dimension--)
        {
            schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                MinItems = shape[dimension],
                MaxItems = shape[dimension],
                Items = schema,
            };
        }

        schema.Description = Describe(feature, signature);
        schema.Examples = [feature.Example?.DeepClone() ?? JsonNullSentinel.JsonNull];
        return schema;
    }

    private static string? Bound(double? bound) => bound?.ToString("R", CultureInfo.InvariantCulture);

    // The schema has the range and categories of the training data; the description says what happens outside of them.
    private static string? Describe(Feature feature, Signature signature)
    {
        var beyond = feature switch
        {
            { MissingCategory: { } missing } when signature.UnknownCategory == UnknownCategory.EncodeAsMissing =>
                $"null means the category '{missing}'. Any other category is scored as missing, with a warning.",
            { MissingCategory: { } missing } => $"null means the category '{missing}'.",
            { Categories: not null } when signature.UnknownCategory == UnknownCategory.EncodeAsMissing =>
                "Any other category is scored as missing, with a warning.",
            { Minimum: not null } or { Maximum: not null } => "A value outside of the range is scored with a warning.",
            _ => null,
        };
        var meaning = feature.Description?.TrimEnd('.') is { } text ? text + "." : null;
        var description = string.Join(" ", new[] { meaning, beyond }.OfType<string>());
        return description.Length == 0 ? null : description;
    }

    private static JsonSchemaType TypeOf(FeatureType type) => type switch
    {
        FeatureType.Integer => JsonSchemaType.Integer,
        FeatureType.Number => JsonSchemaType.Number,
        FeatureType.Boolean => JsonSchemaType.Boolean,
        _ => JsonSchemaType.String,
    };
}
