using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>Reads the rows of a reference table by the rules for requests.</summary>
internal static class ReferenceReader
{
    private const int MostFaults = 10;

    public static FeatureBatch Read(ReferenceTable table, Signature signature)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartArray();
            for (var row = 0; row < table.Rows; row++)
            {
                writer.WriteStartObject();
                foreach (var feature in signature.Features)
                {
                    Write(writer, feature, table.Find(feature.Name)![row]);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        var batch = new FeatureBatch(signature, table.Rows);
        var findings = new Findings();
        new JsonFeatureReader(signature, new ReadLimits(MaxRows: int.MaxValue)).Read(json.WrittenSpan, batch, findings);
        return findings.Errors.Count == 0
            ? batch
            : throw new PackException("The reference holds rows that a server would refuse:" + string.Concat(findings.Errors
                .Take(MostFaults)
                .Select(error => $"{Environment.NewLine}row {error.Row + 1}, {error.Feature}: {error.Message}")));
    }

    private static void Write(Utf8JsonWriter writer, Feature feature, string cell)
    {
        writer.WritePropertyName(feature.Name);
        if (cell.Length == 0 && (feature.Nullable || feature.Type != FeatureType.String))
        {
            writer.WriteNullValue();
        }
        else if (feature.Type == FeatureType.Boolean && bool.TryParse(cell, out var boolean))
        {
            writer.WriteBooleanValue(boolean);
        }
        else if (feature.Type is FeatureType.Integer or FeatureType.Number
            && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
        }
        else if (feature.Type == FeatureType.Tensor && IsJson(cell))
        {
            writer.WriteRawValue(cell);
        }
        else
        {
            // Of another type than text, it is refused with the reason.
            writer.WriteStringValue(cell);
        }
    }

    private static bool IsJson(string cell)
    {
        try
        {
            using var document = JsonDocument.Parse(cell);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
