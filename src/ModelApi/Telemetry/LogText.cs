using System.Buffers;
using System.Globalization;
using System.Text;

namespace ModelApi.Telemetry;

/// <summary>Text from outside in a log: it must not start lines, move a terminal's cursor, or pass for another field.</summary>
internal static class LogText
{
    private static readonly SearchValues<char> PlainLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@+-/:|~ ");

    /// <summary>A name for a field that ends with a comma: in quotes, with JSON's escapes, if it could be mistaken for more.</summary>
    /// <param name="name">The name; null is written as <c>-</c>.</param>
    /// <returns>The same text, as long as it is plain.</returns>
    public static string Name(string? name)
    {
        if (name is null)
        {
            return "-";
        }

        if (name.AsSpan().IndexOfAnyExcept(PlainLetters) < 0)
        {
            return name is "" or "-" ? $"\"{name}\"" : name;
        }

        return name.AsSpan().ContainsAny(',', '"', '\\') || name.Any(IsUnsafe) ? Quote(name) : name;
    }

    /// <summary>Text on one line, in which all that is unsafe is a blank.</summary>
    public static string OnOneLine(string text) =>
        text.Any(IsUnsafe) ? string.Concat(text.Select(letter => IsUnsafe(letter) ? ' ' : letter)) : text;

    /// <summary>Whether a character breaks lines, is invisible, changes the direction of text, or controls a terminal.</summary>
    private static bool IsUnsafe(char letter) =>
        letter < 0x7F
            ? letter < ' '
            : CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Quote(string name)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in name)
        {
            if (IsUnsafe(letter))
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
            else
            {
                quoted.Append(letter is '"' or '\\' ? "\\" : "").Append(letter);
            }
        }

        return quoted.Append('"').ToString();
    }
}
