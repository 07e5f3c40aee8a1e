using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.OpenApi;

/// <summary>The JSON schema of a model's rows, made from its signature.</summary>
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
