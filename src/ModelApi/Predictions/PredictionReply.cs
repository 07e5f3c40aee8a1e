using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Signatures;

namespace ModelApi.Predictions;

/// <summary>Writes the answer to a prediction request straight from the prediction batch.</summary>
internal static class PredictionReply
{
    private static readonly JsonEncodedText Prediction = JsonEncodedText.Encode("prediction");
    private static readonly JsonEncodedText Probabilities = JsonEncodedText.Encode("probabilities");
    private static readonly JsonEncodedText Model = JsonEncodedText.Encode("model");
    private static readonly JsonEncodedText Version = JsonEncodedText.Encode("version");
    private static readonly JsonEncodedText Username = JsonEncodedText.Encode("username");

    /// <param name="shape">One answer, or an array of them.</param>
    /// <param name="onInvalid">Whether the answer says which rows were skipped.</param>
    /// <param name="version">What was asked.</param>
    /// <param name="workspace">The scored rows; receives the answer.</param>
    /// <param name="user">Who asked.</param>
    public static void Write(RequestShape shape, OnInvalid onInvalid, ModelVersion version, ScoringWorkspace workspace, string? user)
    {
        var json = workspace.AnswerWriter;
        json.WriteStartObject();
        if (shape == RequestShape.Row)
        {
            WriteAnswer(json, workspace.Predictions, 0);
        }
        else
        {
            WriteAnswers(json, workspace.Predictions, workspace.Findings.InvalidRows);
            if (onInvalid == OnInvalid.Skip)
            {
                WriteSkipped(json, shape, workspace.Findings);
            }
        }

        json.WriteString(Model, version.Model);
        json.WriteString(Version, version.Version);
        json.WriteString(Username, user);
        WriteMessages(json, "warnings"u8, "warningsOmitted"u8, shape, workspace.Findings.Warnings, workspace.Findings.WarningsOmitted);
        json.WriteEndObject();
        json.Flush();
    }

    // A row that was skipped keeps its place, as null.
    private static void WriteAnswers(Utf8JsonWriter json, PredictionBatch predictions, RowSet skipped)
    {
        json.WriteStartArray("predictions"u8);
        var nulls = 0;
        for (var row = 0; row < predictions.Rows + skipped.Count; row++)
        {
            if (skipped.Contains(row))
            {
                json.WriteNullValue();
                nulls++;
                continue;
            }

            json.WriteStartObject();
            WriteAnswer(json, predictions, row - nulls);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSkipped(Utf8JsonWriter json, RequestShape shape, Findings findings)
    {
        json.WriteStartArray("skipped"u8);
        foreach (var row in findings.InvalidRows)
        {
            json.WriteNumberValue(row);
        }

        json.WriteEndArray();
        WriteMessages(json, "errors"u8, "errorsOmitted"u8, shape, findings.Errors, findings.ErrorsOmitted);
    }

    private static void WriteAnswer(Utf8JsonWriter json, PredictionBatch predictions, int row)
    {
        if (!predictions.IsPlain)
        {
            AnswerJson.Write(json, predictions, row);
            return;
        }

        if (predictions.Signature.Classes is not { } classes)
        {
            json.WriteNumber(Prediction, predictions.Values[row]);
            return;
        }

        var label = predictions.Labels[row];
        switch (classes.Kind)
        {
            case ClassKind.Text:
                json.WriteString(Prediction, classes.Names[label]);
                break;
            case ClassKind.Integer:
                json.WriteNumber(Prediction, classes.Integer(label));
                break;
            default:
                json.WritePropertyName(Prediction);
                json.WriteRawValue(classes.JsonOf(label), skipInputValidation: true);
                break;
        }

        json.WriteStartObject(Probabilities);
        var probabilities = predictions.ProbabilitiesOf(row);
        for (var i = 0; i < classes.Count; i++)
        {
            json.WriteNumber(classes.Names[i], probabilities[i]);
        }

        json.WriteEndObject();
    }

    private static void WriteMessages(
        Utf8JsonWriter json,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> omittedName,
        RequestShape shape,
        IReadOnlyList<Finding> findings,
        int omitted)
    {
        if (findings.Count == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var same in findings.GroupBy(finding => finding.Pointer(shape), StringComparer.Ordinal))
        {
            json.WriteStartArray(same.Key);
            foreach (var finding in same)
            {
                json.WriteStringValue(finding.Message);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        if (omitted > 0)
        {
            json.WriteNumber(omittedName, omitted);
        }
    }
}
