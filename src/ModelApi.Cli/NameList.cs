using System.Text;

namespace ModelApi.Cli;

/// <summary>Reads names in an option: <c>KEY=NAME,NAME</c>. A name with a comma, an equals sign or a quote is quoted.</summary>
/// <remarks>As in a CSV file: <c>X="a,b","say ""yes""",c</c>.</remarks>
internal static class NameList
{
    /// <summary>The names of a list.</summary>
    /// <param name="text">The value.</param>
    /// <returns>Null where it is not well-formed, or a name is empty.</returns>
    public static IReadOnlyList<string>? TryParse(string text)
    {
        var names = new List<string>();
        var rest = text.AsSpan();
        do
        {
            if (ReadName(ref rest, ",") is not { Length: > 0 } name)
            {
                return null;
            }

            names.Add(name);
        }
        while (TakeSeparator(ref rest, ','));

        return rest.IsEmpty ? names : null;
    }

    /// <summary>A key and the names after it.</summary>
    /// <param name="text">The value.</param>
    /// <returns>Null where it is not well-formed, or a name is empty.</returns>
    public static (string Key, IReadOnlyList<string> Names)? TryParsePair(string text)
    {
        var rest = text.AsSpan();
        return ReadName(ref rest, "=") is { Length: > 0 } key
            && TakeSeparator(ref rest, '=')
            && TryParse(rest.ToString()) is { } names
                ? (key, names)
                : null;
    }

    private static bool TakeSeparator(ref ReadOnlySpan<char> rest, char separator)
    {
        if (rest.IsEmpty || rest[0] != separator)
        {
            return false;
        }

        rest = rest[1..];
        return true;
    }

    private static string? ReadName(ref ReadOnlySpan<char> rest, ReadOnlySpan<char> ends)
    {
        if (rest is not ['"', ..])
        {
            var end = rest.IndexOfAny(ends) is >= 0 and var found ? found : rest.Length;
            var plain = rest[..end].ToString();
            rest = rest[end..];
            return plain;
        }

        var name = new StringBuilder();
        for (rest = rest[1..]; !rest.IsEmpty; rest = rest[1..])
        {
            if (rest[0] != '"')
            {
                name.Append(rest[0]);
            }
            else if (rest is ['"', '"', ..])
            {
                name.Append('"');
                rest = rest[1..];
            }
            else
            {
                rest = rest[1..];
                return name.ToString();
            }
        }

        return null;
    }
}
