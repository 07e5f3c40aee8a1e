using System.Globalization;

namespace ModelApi.Storage;

/// <summary>Times in the store: text by ISO 8601 in UTC, which every database has, and which sorts by time.</summary>
internal static class Timestamps
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    public static string ToText(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <exception cref="FormatException">The text is not a time of the store.</exception>
    public static DateTimeOffset FromText(string text) =>
        DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
