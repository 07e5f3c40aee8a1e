using System.Text.Json.Nodes;
using ModelApi.Inference.Signatures;
using ModelApi.OpenApi;

namespace ModelApi.Predictions;

/// <summary>Bodies that the documentation shows, made from a model's example.</summary>
internal static class PredictionSamples
{
    /// <summary>A body that ends too early.</summary>
    public const string MalformedBody = "{";

    /// <summary>The example, and the same row with another value for one feature where the signature has one.</summary>
    public static JsonArray Rows(Signature signature)
    {
        var other = signature.Example();
        foreach (var feature in signature.Features)
        {
            if (feature.Categories?.Names.FirstOrDefault(name => name != (string?)feature.Example) is { } category)
            {
                other[feature.Name] = category;
                break;
            }

            if (feature is { Type: FeatureType.Number or FeatureType.Integer, Minimum: { } minimum })
            {
                other[feature.Name] = minimum;
                break;
            }
        }

        return [signature.Example(), other];
    }

    /// <summary>The example with its first name misspelt and a value of the wrong type in its last feature.</summary>
    public static JsonObject InvalidRow(Signature signature)
    {
        var (features, row) = (signature.Features, new JsonObject());
        foreach (var feature in features)
        {
            var name = feature == features[0] ? Misspelling.Of(feature.Name, features.Select(feature => feature.Name)) : feature.Name;
            row[name] = feature == features[^1] ? WrongType(feature) : feature.Example?.DeepClone();
        }

        return row;
    }

    /// <summary>A valid row and one that is not.</summary>
    public static JsonArray InvalidRows(Signature signature) => [signature.Example(), InvalidRow(signature)];

    private static JsonNode WrongType(Feature feature) => feature.Type is FeatureType.Integer or FeatureType.Number ? "many" : 7;
}
