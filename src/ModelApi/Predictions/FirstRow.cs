using System.Globalization;
using System.Text.Json;

namespace ModelApi.Predictions;

/// <summary>Finds a value in the first row of a body before anything else of it is read.</summary>
internal static class FirstRow
{
    /// <param name="json">One object, an array of objects, or an object that holds such an array.</param>
    /// <param name="instancesKey">The key of that array.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>
    /// The value as text, where the same numbers are the same texts; null when the row has no such value, or the body cannot be read so
    /// far.
    /// </returns>
    public static string? Find(ReadOnlySpan<byte> json, string instancesKey, string feature)
    {
        if (json.StartsWith("\uFEFF"u8))
        {
            json = json["\uFEFF"u8.Length..];
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Read();
            }

            return reader.TokenType == JsonTokenType.StartObject ? FindInObject(ref reader, instancesKey, feature) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or an escape that is no text. Whoever reads the whole body says so.
            return null;
        }
    }

    private static string? FindInObject(ref Utf8JsonReader reader, string instancesKey, string feature)
    {
        var isFirst = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(feature))
            {
                reader.Read();
                return TextOf(ref reader);
            }

            var holdsRows = isFirst && reader.ValueTextEquals(instancesKey);
            isFirst = false;
            reader.Read();
            if (!holdsRows || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            return reader.TokenType == JsonTokenType.StartObject ? FindInObject(ref reader, instancesKey: "", feature) : null;
        }

        return null;
    }

    private static string? TextOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number when reader.TryGetDouble(out var number) => number.ToString("R", CultureInfo.InvariantCulture),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => null,
    };
}
