using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Reads the rows of a JSON request straight into the columns of a feature batch.</summary>
/// <remarks>
/// Thread-safe: all state of a call is on its stack. No object is made per row; a value that is wrong, or a text that is no
/// known category, costs its message or its string.
/// </remarks>
public sealed class JsonFeatureReader
{
    private readonly Signature _signature;
    private readonly ReadLimits _limits;
    private readonly Feature[] _features;
    private readonly CategoryTable _names;
    private readonly CategoryTable?[] _categories;
    private readonly byte[] _instancesKey;
    private readonly FeatureRules _rules;
    private readonly bool _keysMayBeUnknown;

    /// <summary>Prepares the reader of one signature.</summary>
    /// <param name="signature">The features of a row.</param>
    /// <param name="limits">How much one request may hold.</param>
    /// <param name="keysMayBeUnknown">
    /// Whether a row may hold keys that are no features, such as an id. They are passed over, unless one looks like a feature
    /// that the row lacks.
    /// </param>
    public JsonFeatureReader(Signature signature, ReadLimits limits, bool keysMayBeUnknown = false)
    {
        _signature = signature;
        _limits = limits;
        _rules = new FeatureRules(signature);
        _keysMayBeUnknown = keysMayBeUnknown;
        _features = [.. signature.Features];
        _names = new CategoryTable([.. signature.Features.Select(feature => feature.Name)]);

        // Those in which a text can be looked up before anything else is asked of it.
        _categories = [.. signature.Features.Select(feature => feature.MinimumLength == 0 ? feature.Categories : null)];
        _instancesKey = Encoding.UTF8.GetBytes(signature.InstancesKey);
    }

    /// <summary>Reads one object, an array of objects, or an object that holds such an array under the instances key.</summary>
    /// <param name="json">The whole request in UTF-8.</param>
    /// <param name="batch">Empty; receives the rows that are valid, in their order.</param>
    /// <param name="findings">Receives every fault of every row, and what is unusual but scored.</param>
    /// <exception cref="MalformedJsonException">The request is not JSON, is nested too deeply, or is not UTF-8.</exception>
    public RequestShape Read(ReadOnlySpan<byte> json, FeatureBatch batch, Findings findings)
    {
        if (json.StartsWith("\uFEFF"u8))
        {
            json = json["\uFEFF"u8.Length..];
        }

        ThrowIfNotUtf8(json);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = _limits.MaxDepth });
        try
        {
            reader.Read();
            var shape = ReadDocument(ref reader, batch, findings);

            // Reads on to the end: whatever follows the value is a fault that the reader itself throws.
            while (reader.Read())
            {
            }

            return shape;
        }
        catch (JsonException exception)
        {
            throw Malformed(exception, json);
        }
    }

    private RequestShape ReadDocument(ref Utf8JsonReader reader, FeatureBatch batch, Findings findings)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                ReadRows(ref reader, batch, findings);
                return RequestShape.Rows;

            case JsonTokenType.StartObject:
                return ReadObject(ref reader, batch, findings);

            default:
                findings.Error(-1, null, $"Send one object with the features, an array of such objects, or an object that holds the array under '{_signature.InstancesKey}', not {Describe(reader.TokenType)}.");
                return RequestShape.Row;
        }
    }

    // The first key tells a row from an object that holds rows.
    private RequestShape ReadObject(ref Utf8JsonReader reader, FeatureBatch batch, Findings findings)
    {
        var first = reader;
        if (!first.Read() || first.TokenType != JsonTokenType.PropertyName || !NameEquals(ref first, _instancesKey))
        {
            ReadRow(ref reader, 0, batch, findings);
            return RequestShape.Row;
        }

        reader = first;
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            ReadRows(ref reader, batch, findings);
        }
        else
        {
            findings.Error(-1, _signature.InstancesKey, $"Must be an array of objects, not {Describe(reader.TokenType)}.");
            reader.Skip();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            findings.Error(-1, Shorten(ref reader), $"Unknown key beside '{_signature.InstancesKey}'.");
            reader.Read();
            reader.Skip();
        }

        return RequestShape.Rows;
    }

    private void ReadRows(ref Utf8JsonReader reader, FeatureBatch batch, Findings findings)
    {
        var row = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; row++)
        {
            if (row >= _limits.MaxRows)
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadRow(ref reader, row, batch, findings);
            }
            else
            {
                findings.Error(row, null, $"Must be an object with the features, not {Describe(reader.TokenType)}.");
                reader.Skip();
            }
        }

        if (row > _limits.MaxRows)
        {
            findings.Error(-1, null, $"Holds {row} rows; at most {_limits.MaxRows} are scored in one request. Send them in several.");
        }
        else if (row == 0)
        {
            findings.Error(-1, null, "Holds no rows; send at least one object with the features.");
        }
    }

    private void ReadRow(ref Utf8JsonReader reader, int row, FeatureBatch batch, Findings findings)
    {
        var index = batch.AddRow();
        var (warnings, warningsOmitted) = (findings.Warnings.Count, findings.WarningsOmitted);
        Span<ulong> seen = stackalloc ulong[8];
        if (_features.Length > seen.Length * 64)
        {
            seen = new ulong[(_features.Length + 63) / 64];
        }

        seen.Clear();
        var expected = 0;
        var count = 0;
        var start = _keysMayBeUnknown ? reader : default;
        var unknown = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var feature = FindFeature(ref reader, expected);
            if (feature < 0)
            {
                unknown = true;
                if (!_keysMayBeUnknown)
                {
                    ReportUnknown(ref reader, row, findings);
                }

                reader.Read();
                reader.Skip();
                continue;
            }

            reader.Read();
            expected = feature + 1;
            ref var word = ref seen[feature / 64];
            var bit = 1UL << (feature % 64);
            if ((word & bit) != 0)
            {
                findings.Error(row, _features[feature].Name, "Given more than once; send each feature once.");
                reader.Skip();
                continue;
            }

            word |= bit;
            count++;
            ReadValue(ref reader, index, row, feature, batch, findings);
        }

        if (unknown && _keysMayBeUnknown)
        {
            ReportMisspelt(start, row, seen, findings);
        }

        for (var feature = 0; count < _features.Length && feature < _features.Length; feature++)
        {
            if (!IsSeen(seen, feature))
            {
                _rules.Missing(row, feature, findings);
            }
        }

        if (findings.IsLatestInvalid(row))
        {
            batch.RemoveLastRow();
            findings.TakeBackWarnings(warnings, warningsOmitted);
        }
    }

    private static bool IsSeen(ReadOnlySpan<ulong> seen, int feature) => (seen[feature / 64] & (1UL << (feature % 64))) != 0;

    // Where keys may be unknown, a misspelt feature that is nullable would otherwise be scored as missing without a word.
    private void ReportMisspelt(Utf8JsonReader row, int rowNumber, ReadOnlySpan<ulong> seen, Findings findings)
    {
        var absent = new List<string>();
        for (var feature = 0; feature < _features.Length; feature++)
        {
            if (!IsSeen(seen, feature))
            {
                absent.Add(_features[feature].Name);
            }
        }

        while (absent.Count > 0 && row.Read() && row.TokenType == JsonTokenType.PropertyName)
        {
            if (FindFeature(ref row, 0) < 0 && Shorten(ref row) is var name && FeatureRules.Suggest(name, absent, findings) is { } meant)
            {
                findings.Error(rowNumber, name, $"Unknown feature; did you mean '{meant}'?");
            }

            row.Read();
            row.Skip();
        }
    }

    private int FindFeature(ref Utf8JsonReader reader, int expected)
    {
        if (reader.ValueIsEscaped)
        {
            return FindEscaped(ref reader);
        }

        // Most senders keep the order of the signature, so the next name is usually the right one.
        var name = reader.ValueSpan;
        return expected < _features.Length && name.SequenceEqual(_names.Utf8(expected)) ? expected : _names.CodeOf(name);
    }

    private int FindEscaped(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > MaxStackChars)
        {
            return -1;
        }

        Span<char> name = stackalloc char[MaxStackChars];
        return TryCopy(ref reader, name, out var length) ? _signature.IndexOf(name[..length]) : -1;
    }

    private void ReportUnknown(ref Utf8JsonReader reader, int row, Findings findings)
    {
        var name = Shorten(ref reader);
        var meant = _rules.SuggestFeature(name, findings);
        findings.Error(row, name, meant is null
            ? name == _signature.InstancesKey ? $"'{name}' holds rows; send it alone, without other keys." : "Unknown feature; leave it out."
            : $"Unknown feature; did you mean '{meant}'?");
    }

    private void ReadValue(ref Utf8JsonReader reader, int index, int row, int feature, FeatureBatch batch, Findings findings)
    {
        var definition = _features[feature];
        if (reader.TokenType == JsonTokenType.Null)
        {
            if (!definition.Nullable)
            {
                findings.Error(row, definition.Name, $"Must be {_rules.Expected(feature)}, not null.");
            }

            return;
        }

        switch (definition.Type)
        {
            case FeatureType.String when reader.TokenType == JsonTokenType.String:
                ReadText(ref reader, index, row, feature, batch, findings);
                break;

            case FeatureType.Integer or FeatureType.Number when reader.TokenType == JsonTokenType.Number:
                ReadNumber(ref reader, index, row, feature, batch, findings);
                break;

            case FeatureType.Boolean when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                batch.SetNumber(index, feature, reader.TokenType == JsonTokenType.True ? 1 : 0);
                break;

            default:
                findings.Error(row, definition.Name, IsNotFinite(ref reader)
                    ? $"Must be {_rules.Expected(feature)}; JSON has no NaN or Infinity{(definition.Nullable ? ", send null for a missing value" : "")}."
                    : $"Must be {_rules.Expected(feature)}, not {Describe(reader.TokenType)}.");
                reader.Skip();
                break;
        }
    }

    private void ReadNumber(ref Utf8JsonReader reader, int index, int row, int feature, FeatureBatch batch, Findings findings)
    {
        if (!WholeNumber.TryParse(reader.ValueSpan, out var value) && !reader.TryGetDouble(out value))
        {
            value = double.PositiveInfinity;
        }

        _rules.SetNumber(value, batch, index, row, feature, findings);
    }

    private void ReadText(ref Utf8JsonReader reader, int index, int row, int feature, FeatureBatch batch, Findings findings)
    {
        if (!reader.ValueIsEscaped && _categories[feature]?.CodeOf(reader.ValueSpan) is { } code and not CategoryTable.Unknown)
        {
            batch.SetCategory(index, feature, code);
            return;
        }

        char[]? rented = null;
        var buffer = reader.ValueSpan.Length <= MaxStackChars
            ? stackalloc char[MaxStackChars]
            : rented = ArrayPool<char>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            if (!TryCopy(ref reader, buffer, out var length))
            {
                findings.Error(row, _features[feature].Name, "Not valid text: it holds half of a surrogate pair.");
                return;
            }

            _rules.SetText(buffer[..length], batch, index, row, feature, findings);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    private const int MaxStackChars = 256;

    private static bool NameEquals(ref Utf8JsonReader reader, byte[] name) =>
        reader.ValueIsEscaped
            ? reader.ValueSpan.Length <= name.Length * 6 && TryText(ref reader) is { } text && text.AsSpan().SequenceEqual(Encoding.UTF8.GetString(name))
            : reader.ValueSpan.SequenceEqual(name);

    private static string? TryText(ref Utf8JsonReader reader)
    {
        var buffer = new char[reader.ValueSpan.Length];
        return TryCopy(ref reader, buffer, out var length) ? new string(buffer, 0, length) : null;
    }

    // An escape such as \ud800 by itself is well-formed JSON that no text can hold; the reader throws on it.
    private static bool TryCopy(ref Utf8JsonReader reader, scoped Span<char> destination, out int length)
    {
        try
        {
            length = reader.CopyString(destination);
            return true;
        }
        catch (InvalidOperationException) when (reader.ValueIsEscaped)
        {
            length = 0;
            return false;
        }
    }

    // Keys come from outside and go into the answer, so their length is bounded.
    private static string Shorten(ref Utf8JsonReader reader)
    {
        const int Longest = 100;
        var text = TryText(ref reader) ?? Encoding.UTF8.GetString(reader.ValueSpan);
        return text.Length <= Longest ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest), "…");
    }

    private static bool IsNotFinite(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= 9 && Encoding.UTF8.GetString(reader.ValueSpan).TrimStart('-', '+').ToUpperInvariant()
            is "NAN" or "INF" or "INFINITY";

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        _ => "null",
    };

    private static void ThrowIfNotUtf8(ReadOnlySpan<byte> json)
    {
        if (Utf8.IsValid(json))
        {
            return;
        }

        var at = 0;
        while (Rune.DecodeFromUtf8(json[at..], out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        throw new MalformedJsonException("The body is not valid UTF-8.", 1 + json[..at].Count((byte)'\n'), at - json[..at].LastIndexOf((byte)'\n'));
    }

    // The library's message begins with the text that it could not read, however long that is.
    private static string WithoutSendersText(string message)
    {
        const int LongestQuote = 4;
        var end = message.LastIndexOf("' is ", StringComparison.Ordinal);
        return message.StartsWith('\'') && end > LongestQuote + 1 ? string.Concat("The text here", message.AsSpan(end + 1)) : message;
    }

    private static MalformedJsonException Malformed(JsonException exception, ReadOnlySpan<byte> json)
    {
        if (json.Trim(" \t\r\n"u8).IsEmpty)
        {
            return new MalformedJsonException("The body is empty; send a JSON object with the features.", 1, 1);
        }

        // The message ends in the place, counted from 0, which is given apart and counted from 1.
        var message = exception.Message;
        var place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new MalformedJsonException(WithoutSendersText(place < 0 ? message : message[..place]), (exception.LineNumber ?? 0) + 1, (exception.BytePositionInLine ?? 0) + 1);
    }
}
