using System.Buffers;
using System.Text;
using System.Text.Json;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Reads the value of one feature from JSON into its column.</summary>
internal sealed class JsonValueReader(Signature signature, FeatureRules rules)
{
    private readonly Feature[] _features = [.. signature.Features];
    private readonly JsonTensorReader _tensors = new(signature, rules);

    // Categories in which the bytes of a text can be looked up at once, because no other rule comes first.
    private readonly CategoryTable?[] _categories =
        [.. signature.Features.Select(feature => feature.MinimumLength == 0 ? feature.Categories : null)];

    /// <param name="reader">At the value; afterwards at its end.</param>
    /// <param name="index">The row in the batch.</param>
    /// <param name="row">The row in the request.</param>
    /// <param name="feature">The feature.</param>
    /// <param name="batch">Receives the value.</param>
    /// <param name="findings">Receives what is wrong or unusual about it.</param>
    /// <param name="cancellationToken">Ends the reading of a long value.</param>
    public void Read(
        ref Utf8JsonReader reader, int index, int row, int feature, FeatureBatch batch, Findings findings,
        CancellationToken cancellationToken)
    {
        var definition = _features[feature];
        if (reader.TokenType == JsonTokenType.Null)
        {
            if (!definition.Nullable)
            {
                findings.Error(row, definition.Name, $"Must be {rules.Expected(feature)}, not null.");
            }

            batch.SetMissing(index, feature);
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

            case FeatureType.Tensor when reader.TokenType == JsonTokenType.StartArray:
                _tensors.Read(ref reader, index, row, feature, batch, findings, cancellationToken);
                break;

            default:
                RefuseType(ref reader, row, feature, findings);
                JsonText.Skip(ref reader, cancellationToken);
                break;
        }
    }

    private void RefuseType(ref Utf8JsonReader reader, int row, int feature, Findings findings)
    {
        var (name, token) = (_features[feature].Name, reader.TokenType);
        if (IsNotFinite(ref reader))
        {
            var hint = _features[feature].Nullable ? ", send null for a missing value" : "";
            findings.Error(row, name, $"Must be {rules.Expected(feature)}; JSON has no NaN or Infinity{hint}.");
        }
        else
        {
            findings.Error(row, name, $"Must be {rules.Expected(feature)}, not {JsonText.Describe(token)}.");
        }
    }

    private void ReadNumber(ref Utf8JsonReader reader, int index, int row, int feature, FeatureBatch batch, Findings findings)
    {
        if (!WholeNumber.TryParse(reader.ValueSpan, out var value) && !reader.TryGetDouble(out value))
        {
            value = double.PositiveInfinity;
        }

        rules.SetNumber(value, batch, index, row, feature, findings);
    }

    private void ReadText(ref Utf8JsonReader reader, int index, int row, int feature, FeatureBatch batch, Findings findings)
    {
        if (!reader.ValueIsEscaped && _categories[feature]?.CodeOf(reader.ValueSpan) is { } code and not CategoryTable.Unknown)
        {
            batch.SetCategory(index, feature, code);
            return;
        }

        // No more than the rules need to see that a text is too long.
        var longest = (int)Math.Min(reader.ValueSpan.Length, _features[feature].MaximumLength + 1L);
        char[]? rented = null;
        var buffer = longest <= JsonText.MostStackChars
            ? stackalloc char[JsonText.MostStackChars]
            : rented = ArrayPool<char>.Shared.Rent(longest);
        try
        {
            if (JsonText.Copy(ref reader, buffer, out var length) == OperationStatus.InvalidData)
            {
                findings.Error(row, _features[feature].Name, "Not valid text: it holds half of a surrogate pair.");
                return;
            }

            rules.SetText(buffer[..length], batch, index, row, feature, findings);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    private static bool IsNotFinite(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String
        && reader.ValueSpan.Length <= "-Infinity".Length
        && reader.ValueSpan.TrimStart("-+"u8) is var word
        && (Ascii.EqualsIgnoreCase(word, "nan"u8) || Ascii.EqualsIgnoreCase(word, "inf"u8) || Ascii.EqualsIgnoreCase(word, "infinity"u8));
}
