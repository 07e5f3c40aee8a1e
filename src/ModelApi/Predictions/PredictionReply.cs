using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Registry;

namespace ModelApi.Predictions;

/// <summary>Writes the answer to a prediction request straight from the prediction batch.</summary>
internal static class PredictionReply
{
    // The answer is JSON for programs and never part of a page, so only what JSON itself needs is escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="output">Receives the JSON, in UTF-8.</param>
    /// <param name="shape">One answer, or an array of them.</param>
    /// <param name="version">What was asked.</param>
    /// <param name="workspace">The scored rows.</param>
    /// <param name="user">Who asked.</param>
    public static void Write(IBufferWriter<byte> output, RequestShape shape, ModelVersion version, ScoringWorkspace workspace, string? user)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        if (shape == RequestShape.Row)
        {
            WriteAnswer(json, workspace.Predictions, 0);
        }
        else
        {
            json.WriteStartArray("predictions"u8);
            for (var row = 0; row < workspace.Predictions.Rows; row++)
            {
                json.WriteStartObject();
                WriteAnswer(json, workspace.Predictions, row);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteString("model"u8, version.Model);
        json.WriteString("version"u8, version.Version);
        json.WriteString("username"u8, user);
        WriteWarnings(json, shape, workspace.Findings);
        json.WriteEndObject();
    }

    private static void WriteAnswer(Utf8JsonWriter json, PredictionBatch predictions, int row)
    {
        if (predictions.Signature.Classes is not { } classes)
        {
            json.WriteNumber("prediction"u8, predictions.Values[row]);
            return;
        }

        var label = predictions.Labels[row];
        if (classes.AreIntegers)
        {
            json.WriteNumber("prediction"u8, classes.Integer(label));
        }
        else
        {
            json.WriteString("prediction"u8, classes.Names[label]);
        }

        json.WriteStartObject("probabilities"u8);
        var probabilities = predictions.ProbabilitiesOf(row);
        for (var i = 0; i < classes.Count; i++)
        {
            json.WriteNumber(classes.Names[i], probabilities[i]);
        }

        json.WriteEndObject();
    }

    private static void WriteWarnings(Utf8JsonWriter json, RequestShape shape, Findings findings)
    {
        if (findings.Warnings.Count == 0)
        {
            return;
        }

        json.WriteStartObject("warnings"u8);
        foreach (var same in findings.Warnings.GroupBy(warning => warning.Pointer(shape), StringComparer.Ordinal))
        {
            json.WriteStartArray(same.Key);
            foreach (var warning in same)
            {
                json.WriteStringValue(warning.Message);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        if (findings.WarningsOmitted > 0)
        {
            json.WriteNumber("warningsOmitted"u8, findings.WarningsOmitted);
        }
    }
}
