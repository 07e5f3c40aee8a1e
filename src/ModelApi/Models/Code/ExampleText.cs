using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Inference.Signatures;

namespace ModelApi.Models.Code;

/// <summary>Writes a model's example as source code: JSON, or a literal that differs from it in little.</summary>
internal sealed record ExampleText
{
    /// <summary>The indentation that is usual in the language.</summary>
    public string Indent { get; init; } = "  ";

    /// <summary>The text before each line but the first.</summary>
    public string Margin { get; init; } = "";

    /// <summary>Whether characters outside of ASCII are escaped, for compilers that do not read sources as UTF-8.</summary>
    public bool IsAscii { get; init; }

    /// <summary>A character that has a meaning in the language's literals and is therefore escaped.</summary>
    public char? Reserved { get; init; }

    public string True { get; init; } = "true";

    public string False { get; init; } = "false";

    public string Null { get; init; } = "null";

    /// <summary>Writes a key; null, or a function that returns null, writes a string.</summary>
    public Func<string, string?>? Key { get; init; }

    public string Write(Signature signature)
    {
        var text = new StringBuilder("{");
        foreach (var feature in signature.Features)
        {
            text.Append(text.Length == 1 ? "" : ",").Append('\n').Append(Margin).Append(Indent)
                .Append(Key?.Invoke(feature.Name) ?? Quote(feature.Name)).Append(": ").Append(Value(feature.Example));
        }

        return text.Append('\n').Append(Margin).Append('}').ToString();
    }

    /// <summary>A JSON string, which is also a string literal of most languages.</summary>
    public string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when c == Reserved || IsHidden(c) || (IsAscii && c > 126) =>
                    text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }

    private string Value(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => Null,
        JsonValueKind.True => True,
        JsonValueKind.False => False,
        JsonValueKind.String => Quote(value!.GetValue<string>()),
        _ => value!.ToJsonString(),
    };

    // Characters that are invisible or change the order in which a reader sees others.
    private static bool IsHidden(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
