using System.Text.Json;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Recognizes request bodies that were made for other model servers.</summary>
internal static class ForeignBody
{
    /// <param name="key">At the first key of the body.</param>
    /// <param name="signature">The features of a row; a body that has one of them is not foreign.</param>
    /// <returns>The key that gives the form away, and the form in words that follow "looks like"; or null.</returns>
    public static (string Key, string Form)? Find(Utf8JsonReader key, Signature signature)
    {
        (string, string)? found = null;
        for (; key.TokenType == JsonTokenType.PropertyName; key.Read())
        {
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

            key.Skip();
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
