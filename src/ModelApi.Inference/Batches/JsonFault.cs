using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace ModelApi.Inference.Batches;

/// <summary>Explains malformed JSON in plain words. Runs only after the parser has refused the text.</summary>
internal ref struct JsonFault
{
    private const string NoJson = "This is not JSON; a JSON object begins with '{' and an array with '['.";

    private const int TokensBetweenLooks = 2048;

    private static readonly SearchValues<byte> EndsLiteral = SearchValues.Create(" \t\r\n,:{}[]\""u8);

    private static readonly SearchValues<byte> EndsOrBreaksString = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\v\f\r\u000E\u000F"u8
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F"u8);

    private readonly ReadOnlySpan<byte> _json;
    private readonly int _maxDepth;
    private readonly CancellationToken _cancellationToken;
    private readonly Stack<byte> _open = new();
    private int _at;
    private Next _next = Next.Value;

    private JsonFault(ReadOnlySpan<byte> json, int maxDepth, CancellationToken cancellationToken)
    {
        _json = json;
        _maxDepth = maxDepth;
        _cancellationToken = cancellationToken;
    }

    /// <summary>What the grammar of JSON allows next.</summary>
    private enum Next
    {
        Value,
        ValueOrEnd,
        Name,
        NameOrEnd,
        Colon,
        CommaOrEnd,
        Nothing,
    }

    /// <summary>The exception for a text that the parser refused.</summary>
    /// <param name="refusal">The parser's exception, which gives the place.</param>
    /// <param name="json">The whole text in UTF-8.</param>
    /// <param name="maxDepth">Levels of nesting that the parser allows.</param>
    /// <param name="cancellationToken">Ends the search for the fault.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static MalformedJsonException Explain(
        JsonException refusal, ReadOnlySpan<byte> json, int maxDepth, CancellationToken cancellationToken = default)
    {
        if (json.Trim(" \t\r\n"u8).IsEmpty)
        {
            return new MalformedJsonException("The body is empty; send a JSON object with the features.", 1, 1);
        }

        return new MalformedJsonException(
            Find(json, maxDepth, cancellationToken) ?? "The JSON is malformed here.",
            (refusal.LineNumber ?? 0) + 1,
            (refusal.BytePositionInLine ?? 0) + 1);
    }

    /// <returns>The first fault in one sentence, or null when the text is well-formed. It never repeats the text.</returns>
    public static string? Find(ReadOnlySpan<byte> json, int maxDepth, CancellationToken cancellationToken = default) =>
        new JsonFault(json, maxDepth, cancellationToken).Find();

    private string? Find()
    {
        for (var tokens = 1; ; tokens++)
        {
            if (tokens % TokensBetweenLooks == 0)
            {
                _cancellationToken.ThrowIfCancellationRequested();
            }

            var skipped = _json[_at..].IndexOfAnyExcept(" \t\r\n"u8);
            if (skipped < 0)
            {
                return _next == Next.Nothing ? null : EndsEarly();
            }

            _at += skipped;
            if (ReadToken(_json[_at]) is { } fault)
            {
                return fault;
            }
        }
    }

    private string? ReadToken(byte token)
    {
        switch (token)
        {
            case (byte)'{' or (byte)'[' when _next is Next.Value or Next.ValueOrEnd:
                _at++;
                _open.Push(token);
                _next = token == '{' ? Next.NameOrEnd : Next.ValueOrEnd;
                return _open.Count > _maxDepth ? $"The JSON is nested more than {_maxDepth} levels deep." : null;

            case (byte)'}' or (byte)']':
                return ReadEnd(token);

            case (byte)',' when _next == Next.CommaOrEnd:
                _at++;
                _next = IsInObject ? Next.Name : Next.Value;
                return null;

            case (byte)':' when _next == Next.Colon:
                _at++;
                _next = Next.Value;
                return null;

            case (byte)'"' when _next is Next.Name or Next.NameOrEnd:
                return ReadString(Next.Colon);

            case (byte)'"' when _next is Next.Value or Next.ValueOrEnd:
                return ReadString(AfterValue);

            default:
                return _next is Next.Value or Next.ValueOrEnd && !IsPunctuation(token) ? ReadLiteral() : Unexpected(token);
        }
    }

    private readonly bool IsInObject => _open.TryPeek(out var open) && open == '{';

    private readonly string End => IsInObject ? "'}'" : "']'";

    private readonly Next AfterValue => _open.Count == 0 ? Next.Nothing : Next.CommaOrEnd;

    private string? ReadEnd(byte token)
    {
        if (_open.Count == 0)
        {
            return _next == Next.Nothing ? $"A '{(char)token}' closes nothing; leave it out." : NoJson;
        }

        if (token != (IsInObject ? '}' : ']'))
        {
            return $"A '{(char)token}' stands where {End} is expected.";
        }

        switch (_next)
        {
            case Next.Colon:
                return "A ':' and a value are missing after the name.";
            case Next.Value when IsInObject:
                return "A value is missing after the ':'.";
            case Next.Value or Next.Name:
                return $"A comma stands before the closing {End}; leave it out.";
        }

        _at++;
        _open.Pop();
        _next = AfterValue;
        return null;
    }

    private string? ReadString(Next next)
    {
        var at = _at + 1;
        while (true)
        {
            var length = _json[at..].IndexOfAny(EndsOrBreaksString);
            if (length < 0)
            {
                return "A string is not closed; a double quote is missing at its end.";
            }

            at += length;
            switch (_json[at])
            {
                case (byte)'"':
                    _at = at + 1;
                    _next = next;
                    return null;

                case (byte)'\\' when EscapeLength(_json[at..]) is var escape and > 0:
                    at += escape;
                    break;

                case (byte)'\\':
                    return at + 1 == _json.Length
                        ? "A string is not closed; a double quote is missing at its end."
                        : "A backslash in a string begins no valid escape; write a backslash itself as '\\\\'.";

                case (byte)'\n' or (byte)'\r':
                    return "A string is not closed on its line; if it holds a line break, write that as '\\n'.";

                default:
                    return "A string holds a control character; write it as an escape, such as '\\t'.";
            }
        }
    }

    private string? ReadLiteral()
    {
        var rest = _json[_at..];
        var length = rest.IndexOfAny(EndsLiteral);
        var literal = length < 0 ? rest : rest[..length];
        if (literal.SequenceEqual("true"u8) || literal.SequenceEqual("false"u8) || literal.SequenceEqual("null"u8) || IsNumber(literal))
        {
            _at += literal.Length;
            _next = AfterValue;
            return null;
        }

        var isLast = length < 0;
        var isBegun = "true"u8.StartsWith(literal)
            || "false"u8.StartsWith(literal)
            || "null"u8.StartsWith(literal)
            || literal is [(byte)'-'];
        return isLast && isBegun
            ? EndsEarly()
            : JsonLiteralFault.Find(literal) ?? (_open.Count == 0 ? NoJson : "Text must stand in double quotes.");
    }

    private readonly string EndsEarly() => _next switch
    {
        Next.Name => "The JSON ends too early; after the comma, a name or the rest is missing.",
        Next.Colon => "The JSON ends too early; a ':' and a value are missing after the name.",
        Next.Value => "The JSON ends too early; a value is missing.",
        _ => $"The JSON ends too early; a closing {End} is missing.",
    };

    private readonly string Unexpected(byte token) => (token, _next) switch
    {
        ((byte)'/' or (byte)'#', _) => "JSON has no comments; leave it out.",
        (_, Next.Nothing) => "More text follows the end of the JSON; several rows need an array around them: [{…}, {…}].",
        ((byte)'\'' or (byte)'`', _) => "Names and strings must stand in double quotes, not single ones.",
        (0xE2, _) => "Names and strings must stand in straight double quotes.",
        (_, Next.Colon) => "A ':' is missing after the name.",
        ((byte)',', Next.Value) when IsInObject => "A value is missing after the ':'.",
        ((byte)',', Next.Value or Next.Name) when _open.Count > 0 => "A comma follows another one; leave it out.",
        ((byte)',', Next.ValueOrEnd or Next.NameOrEnd) => "A comma stands before anything that it could separate; leave it out.",
        ( >= (byte)'0' and <= (byte)'9', Next.Name) =>
                "A name in double quotes is expected here; write a fraction with a point, as in 1.5.",
        (_, Next.Name or Next.NameOrEnd) => "A name must stand in double quotes.",
        ((byte)':' or (byte)',' or (byte)'=' or (byte)';', Next.CommaOrEnd) => $"A comma or the closing {End} is expected here.",
        (_, Next.CommaOrEnd) => IsInObject ? "A comma is missing before the next name." : "A comma is missing before the next value.",
        _ when _open.Count == 0 => NoJson,
        _ => "A value is expected here: a number, a string in double quotes, true, false, null, an object or an array.",
    };

    // 0xE2 begins the typographic quotes in UTF-8.
    private static bool IsPunctuation(byte token) => ":,'`/#=;"u8.Contains(token) || token == 0xE2;

    private static int EscapeLength(ReadOnlySpan<byte> escape) => escape.Length < 2 ? 0 : escape[1] switch
    {
        (byte)'u' => escape.Length >= 6 && ushort.TryParse(escape[2..6], NumberStyles.AllowHexSpecifier, null, out _) ? 6 : 0,
        (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => 2,
        _ => 0,
    };

    private static bool IsNumber(ReadOnlySpan<byte> literal)
    {
        var rest = literal.StartsWith((byte)'-') ? literal[1..] : literal;
        var whole = TakeDigits(ref rest);
        if (whole.IsEmpty || (whole.Length > 1 && whole[0] == '0'))
        {
            return false;
        }

        if (rest.StartsWith((byte)'.'))
        {
            rest = rest[1..];
            if (TakeDigits(ref rest).IsEmpty)
            {
                return false;
            }
        }

        if (rest.IsEmpty || rest[0] is not ((byte)'e' or (byte)'E'))
        {
            return rest.IsEmpty;
        }

        rest = rest.Length > 1 && rest[1] is (byte)'+' or (byte)'-' ? rest[2..] : rest[1..];
        return !TakeDigits(ref rest).IsEmpty && rest.IsEmpty;
    }

    private static ReadOnlySpan<byte> TakeDigits(ref ReadOnlySpan<byte> rest)
    {
        var length = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var digits = length < 0 ? rest : rest[..length];
        rest = rest[digits.Length..];
        return digits;
    }
}
