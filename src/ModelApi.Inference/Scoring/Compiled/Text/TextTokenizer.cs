using System.Text;

namespace ModelApi.Inference.Scoring.Compiled.Text;

/// <summary>Splits a text into tokens: runs of ASCII characters of a set, or single characters.</summary>
/// <param name="set">The ASCII characters of a token; null where each character is a token.</param>
/// <param name="shortest">The smallest number of characters of a token; shorter runs are left out.</param>
internal sealed class TextTokenizer(bool[]? set, int shortest)
{
    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where to look; receives the place behind the token.</param>
    /// <param name="token">Receives the token.</param>
    /// <returns>False at the end of the text.</returns>
    public bool TryNext(ReadOnlySpan<char> text, ref int at, out ReadOnlySpan<char> token)
    {
        if (set is null)
        {
            Rune.DecodeFromUtf16(text[at..], out _, out var length);
            token = text.Slice(at, length);
            at += length;
            return length > 0;
        }

        while (true)
        {
            while (at < text.Length && !IsInSet(text[at]))
            {
                at++;
            }

            var start = at;
            while (at < text.Length && IsInSet(text[at]))
            {
                at++;
            }

            token = text[start..at];
            if (token.Length >= shortest || at == text.Length)
            {
                return token.Length >= shortest && token.Length > 0;
            }
        }
    }

    private bool IsInSet(char character) => character < set!.Length && set[character];

    /// <summary>Reads a regular expression.</summary>
    /// <param name="expression">One character or a set of ASCII characters, once or more; or a dot, which stands for any character.</param>
    /// <param name="shortest">The smallest number of characters of a token.</param>
    /// <returns>Null for any other expression.</returns>
    public static TextTokenizer? TryParse(string expression, int shortest)
    {
        if (expression == ".")
        {
            return shortest <= 1 ? new TextTokenizer(null, 1) : null;
        }

        var set = new bool[128];
        var at = 0;
        if (!TryReadSet(expression, ref at, set))
        {
            return null;
        }

        return expression[at..] switch
        {
            "+" => new TextTokenizer(set, Math.Max(1, shortest)),
            ['{', >= '1' and <= '9' and var count, ',', '}'] => new TextTokenizer(set, Math.Max(count - '0', shortest)),
            _ => null,
        };
    }

    private static bool TryReadSet(string expression, ref int at, bool[] set)
    {
        if (expression.StartsWith("\\w", StringComparison.Ordinal) || expression.StartsWith("\\d", StringComparison.Ordinal))
        {
            at = 2;
            return TryAddClass(expression[1], set);
        }

        if (!expression.StartsWith('['))
        {
            return false;
        }

        for (at = 1; at < expression.Length && expression[at] != ']'; at++)
        {
            if (expression[at] == '\\')
            {
                at++;
                if (at == expression.Length || !TryAddClass(expression[at], set))
                {
                    return false;
                }

                continue;
            }

            // Only plain letters, digits and a few signs, whose meaning is beyond doubt.
            var first = expression[at];
            if (!IsPlain(first) && !(first == '-' && at > 1 && at + 1 < expression.Length && expression[at + 1] == ']'))
            {
                return false;
            }

            var last = first;
            if (at + 2 < expression.Length && expression[at + 1] == '-' && expression[at + 2] != ']')
            {
                last = expression[at + 2];
                at += 2;
            }

            if (last < first || (last != first && !(IsPlain(last) && char.IsAsciiLetterOrDigit(first) && char.IsAsciiLetterOrDigit(last))))
            {
                return false;
            }

            for (var character = first; character <= last; character++)
            {
                set[character] = true;
            }
        }

        at++;
        return at <= expression.Length;
    }

    private static bool IsPlain(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is '_' or '\'' or '@' or '#' or '%' or '.' or ',' or '/' or ' ';

    private static bool TryAddClass(char name, bool[] set)
    {
        for (var character = (char)0; character < set.Length; character++)
        {
            set[character] |= name switch
            {
                'w' => char.IsAsciiLetterOrDigit(character) || character == '_',
                'd' => char.IsAsciiDigit(character),
                _ => false,
            };
        }

        return name is 'w' or 'd';
    }
}
