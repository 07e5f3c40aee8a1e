using System.Text.Json;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Recognizes request bodies that were made for other model servers.</summary>
internal static class ForeignBody
{
    // The bodies of other servers have a few keys. One of more has no form worth the time of a second pass.
    private const int MostKeys = 100;

    /// <param name="key">At the first key of the body.</param>
    /// <param name="signature">The features of a row; a body that has one of them is not foreign.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The key that gives the form away, and the form in words that follow "looks like"; or null.</returns>
    public static (string Key, string Form)? Find(Utf8JsonReader key, Signature signature, CancellationToken cancellationToken)
    {
        (string, string)? found = null;
        for (var keys = 1; key.TokenType == JsonTokenType.PropertyName; keys++, key.Read())
        {
            if (keys > MostKeys)
            {
                return null;
            }

            var name = JsonText.Shorten(ref key);
            if (signature.IndexOf(name) >= 0)
            {
                return null;
            }

            key.Read();
            if (found is null && key.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && FormOf(name) is { } form)
            {
                found = (name, form);
            }

            JsonText.Skip(ref key, cancellationToken);
        }

        return found;
    }

    private static string? FormOf(string key) => key switch
    {
        "inputs" => "a body for the Open Inference Protocol (KServe V2, Triton) or MLflow",
        "dataframe_split" or "dataframe_records" => "a body for MLflow",
        "input_data" => "a body for IBM Watson Machine Learning or Azure Machine Learning",
        "instances" => "a body for TensorFlow Serving, KServe V1 or MLflow",
        "rows" or "data" or "records" or "samples" or "features" or "columns" => $"rows or columns under '{key}'",
        _ => null,
    };
}
