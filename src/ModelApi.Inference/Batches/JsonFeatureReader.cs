using System.Buffers;
using System.Text.Json;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Reads the rows of a JSON request straight into the columns of a feature batch.</summary>
/// <remarks>
/// Thread-safe: all state of a call is on its stack. A row allocates nothing, except for the message of a wrong value and for a text
/// that is no known category.
/// </remarks>
public sealed class JsonFeatureReader
{
    private const int MostStackWords = 160;
    private const int ErrorsBetweenLooks = 2048;

    private readonly Signature _signature;
    private readonly ReadLimits _limits;
    private readonly Feature[] _features;
    private readonly CategoryTable _names;
    private readonly RequiredFeatures _required;
    private readonly FeatureRules _rules;
    private readonly JsonValueReader _values;
    private readonly bool _keysMayBeUnknown;

    /// <summary>Prepares the reader of one signature.</summary>
    /// <param name="signature">The features of a row.</param>
    /// <param name="limits">How much one request may hold.</param>
    /// <param name="keysMayBeUnknown">
    /// Whether a row may hold keys that are no features, such as an id. They are skipped, unless one resembles a feature that the row
    /// lacks.
    /// </param>
    public JsonFeatureReader(Signature signature, ReadLimits limits, bool keysMayBeUnknown = false)
    {
        _signature = signature;
        _limits = limits;
        _rules = new FeatureRules(signature);
        _values = new JsonValueReader(signature, _rules);
        _keysMayBeUnknown = keysMayBeUnknown;
        _features = [.. signature.Features];
        _names = new CategoryTable([.. signature.Features.Select(feature => feature.Name)]);
        _required = new RequiredFeatures(signature, _rules);
    }

    /// <summary>Reads one object, an array of objects, or an object that holds such an array under the instances key.</summary>
    /// <param name="json">The whole request in UTF-8.</param>
    /// <param name="batch">Empty; receives the rows that are valid, in their order.</param>
    /// <param name="findings">Receives every fault of every row, and what is unusual but scored.</param>
    /// <param name="cancellationToken">Ends the reading early; looked at every few thousand tokens.</param>
    /// <exception cref="MalformedJsonException">The request is not JSON, is nested too deeply, or is not UTF-8.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public RequestShape Read(
        ReadOnlySpan<byte> json, FeatureBatch batch, Findings findings, CancellationToken cancellationToken = default)
    {
        if (json.StartsWith("\uFEFF"u8))
        {
            json = json["\uFEFF"u8.Length..];
        }

        JsonText.ThrowIfNotUtf8(json);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = _limits.MaxDepth });
        try
        {
            reader.Read();
            var shape = ReadDocument(ref reader, batch, findings, cancellationToken);

            // The reader throws on anything that follows the value.
            reader.Read();
            return shape;
        }
        catch (JsonException exception)
        {
            throw JsonFault.Explain(exception, json, _limits.MaxDepth, cancellationToken);
        }
    }

    private RequestShape ReadDocument(
        ref Utf8JsonReader reader, FeatureBatch batch, Findings findings, CancellationToken cancellationToken)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                ReadRows(ref reader, batch, findings, cancellationToken);
                return RequestShape.Rows;

            case JsonTokenType.StartObject:
                return ReadObject(ref reader, batch, findings, cancellationToken);

            default:
                findings.Error(-1, null, $"{Forms}, not {JsonText.Describe(reader.TokenType)}.");
                return RequestShape.Row;
        }
    }

    // The first key tells a row from an object that holds rows.
    private RequestShape ReadObject(
        ref Utf8JsonReader reader, FeatureBatch batch, Findings findings, CancellationToken cancellationToken)
    {
        var first = reader;
        if (!first.Read() || first.TokenType != JsonTokenType.PropertyName || !JsonText.NameEquals(ref first, _signature.InstancesKey))
        {
            ReadRow(ref reader, 0, batch, findings, cancellationToken);
            if (findings.Errors.Count > 0 && ForeignBody.Find(first, _signature, cancellationToken) is var (key, form))
            {
                // One error about the form says more than one for each missing feature.
                findings.Clear();
                findings.Error(-1, key, $"This looks like {form}. {Forms}.");
            }

            return RequestShape.Row;
        }

        reader = first;
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            ReadRows(ref reader, batch, findings, cancellationToken);
        }
        else
        {
            findings.Error(-1, _signature.InstancesKey, $"Must be an array of objects, not {JsonText.Describe(reader.TokenType)}.");
            JsonText.Skip(ref reader, cancellationToken);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            findings.Error(
                -1, findings.KeepsErrors ? JsonText.Shorten(ref reader) : null, $"Unknown key beside '{_signature.InstancesKey}'.");
            Look(findings, cancellationToken);
            JsonText.Skip(ref reader, cancellationToken);
        }

        return RequestShape.Rows;
    }

    /// <summary>What a body may be, as the beginning of a sentence.</summary>
    private string Forms =>
        $"Send one object with the features, an array of such objects, or an object with the array under '{_signature.InstancesKey}'";

    private void ReadRows(ref Utf8JsonReader reader, FeatureBatch batch, Findings findings, CancellationToken cancellationToken)
    {
        var row = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (row >= _limits.MaxRows)
            {
                JsonText.Skip(ref reader, cancellationToken);
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadRow(ref reader, row, batch, findings, cancellationToken);
            }
            else
            {
                findings.Error(row, null, $"Must be an object with the features, not {JsonText.Describe(reader.TokenType)}.");
                JsonText.Skip(ref reader, cancellationToken);
            }
        }

        if (row > _limits.MaxRows)
        {
            findings.ErrorFirst($"Holds {row} rows; at most {_limits.MaxRows} are scored in one request. Send them in several.");
        }
        else if (row == 0)
        {
            findings.Error(-1, null, "Holds no rows; send at least one object with the features.");
        }
    }

    private void ReadRow(
        ref Utf8JsonReader reader, int row, FeatureBatch batch, Findings findings, CancellationToken cancellationToken)
    {
        var index = batch.AddRow();
        var (warnings, warningsOmitted) = (findings.Warnings.Count, findings.WarningsOmitted);
        var words = _required.Words;
        var seen = words <= 8 ? stackalloc ulong[8] : words <= MostStackWords ? stackalloc ulong[words] : new ulong[words];
        seen.Clear();
        var expected = 0;
        var count = 0;
        var start = _keysMayBeUnknown ? reader : default;
        var hasUnknown = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var feature = FindFeature(ref reader, expected);
            if (feature < 0)
            {
                hasUnknown = true;
                if (!_keysMayBeUnknown)
                {
                    ReportUnknown(ref reader, row, findings);
                    Look(findings, cancellationToken);
                }

                JsonText.Skip(ref reader, cancellationToken);
                continue;
            }

            reader.Read();
            expected = feature + 1;
            ref var word = ref seen[feature / 64];
            var bit = 1UL << (feature % 64);
            if ((word & bit) != 0)
            {
                findings.Error(row, _features[feature].Name, "Given more than once; send each feature once.");
                Look(findings, cancellationToken);
                JsonText.Skip(ref reader, cancellationToken);
                continue;
            }

            word |= bit;
            count++;
            _values.Read(ref reader, index, row, feature, batch, findings, cancellationToken);
        }

        if (hasUnknown && _keysMayBeUnknown)
        {
            ReportMisspelt(start, row, seen, findings, cancellationToken);
        }

        if (count < _features.Length)
        {
            _required.ReportMissing(row, seen, findings);
            if (_signature.HasMissingCategories)
            {
                _required.SetMissing(batch, index, seen);
            }
        }

        if (findings.IsInvalid(row))
        {
            batch.RemoveLastRow();
            findings.TakeBackWarnings(warnings, warningsOmitted);
        }
    }

    // A row has few keys unless it is hostile, and then all but the first ones are errors.
    private static void Look(Findings findings, CancellationToken cancellationToken)
    {
        if (findings.ErrorsOmitted % ErrorsBetweenLooks == ErrorsBetweenLooks - 1)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // Where keys may be unknown, a misspelt nullable feature would otherwise be scored as missing.
    private void ReportMisspelt(
        Utf8JsonReader row, int rowNumber, ReadOnlySpan<ulong> seen, Findings findings, CancellationToken cancellationToken)
    {
        var absent = _required.Absent(seen);
        while (absent.Count > 0 && row.Read() && row.TokenType == JsonTokenType.PropertyName)
        {
            if (FindFeature(ref row, 0) < 0
                && JsonText.Shorten(ref row) is var name
                && FeatureRules.Suggest(name, absent, findings) is { } meant)
            {
                findings.Error(rowNumber, name, $"Unknown feature; did you mean '{meant}'?");
            }

            JsonText.Skip(ref row, cancellationToken);
        }
    }

    private int FindFeature(ref Utf8JsonReader reader, int expected)
    {
        if (reader.ValueIsEscaped)
        {
            return FindEscaped(ref reader);
        }

        // Most clients keep the order of the signature, so the next feature is usually the right one.
        var name = reader.ValueSpan;
        return expected < _features.Length && name.SequenceEqual(_names.Utf8(expected)) ? expected : _names.CodeOf(name);
    }

    private int FindEscaped(ref Utf8JsonReader reader)
    {
        Span<char> name = stackalloc char[JsonText.MostStackChars];
        return JsonText.Copy(ref reader, name, out var length) == OperationStatus.Done ? _signature.IndexOf(name[..length]) : -1;
    }

    private void ReportUnknown(ref Utf8JsonReader reader, int row, Findings findings)
    {
        if (!findings.KeepsErrors)
        {
            findings.CountErrors(row, 1);
            return;
        }

        var name = JsonText.Shorten(ref reader);
        var meant = _rules.SuggestFeature(name, findings);
        findings.Error(
            row,
            name,
            meant is not null ? $"Unknown feature; did you mean '{meant}'?"
                : name == _signature.InstancesKey ? $"'{name}' holds rows; send it alone, without other keys."
                : "Unknown feature; leave it out.");
    }
}
