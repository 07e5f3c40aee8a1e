using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelApi.Deployments.Rollouts;

/// <summary>Writes rows as a number, and a time as <c>hours:minutes:seconds</c> with days in front where there are any.</summary>
internal sealed class PromoteAfterConverter : JsonConverter<PromoteAfter>
{
    /// <summary>Reads <c>hours:minutes:seconds</c>, also with 24 hours and more, or with days in front: <c>7.00:00:00</c>.</summary>
    public static bool TryParse(string? text, out TimeSpan time)
    {
        time = default;
        var parts = (text ?? "").Split(':');
        if (parts.Length != 3)
        {
            return false;
        }

        if (int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours >= 24)
        {
            var isTime = TimeSpan.TryParseExact($"00:{parts[1]}:{parts[2]}", "c", CultureInfo.InvariantCulture, out time);
            time += TimeSpan.FromHours(hours);
            return isTime;
        }

        return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out time);
    }

    public override PromoteAfter Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? new PromoteAfter(reader.GetInt64(), null)
        : TryParse(reader.GetString(), out var time) ? new PromoteAfter(null, time)
        : throw new JsonException("promoteAfter is neither rows nor a time.");

    public override void Write(Utf8JsonWriter writer, PromoteAfter value, JsonSerializerOptions options)
    {
        if (value.Rows is { } rows)
        {
            writer.WriteNumberValue(rows);
        }
        else
        {
            writer.WriteStringValue(value.Time!.Value.ToString("c", CultureInfo.InvariantCulture));
        }
    }
}
