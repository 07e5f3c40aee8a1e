using System.Text.Json;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Writes the answer to a row as members of a JSON object, for models of every kind.</summary>
/// <remarks>
/// <c>prediction</c> is a class or number, or an object of them by target. The numbers are <c>probabilities</c>, <c>scores</c> or
/// <c>distances</c>, an object by class or target, or one <c>score</c>. Outputs that are returned as they are follow in <c>outputs</c>,
/// with null for what is not finite.
/// </remarks>
public static class AnswerJson
{
    /// <summary>Writes the members.</summary>
    /// <param name="json">In an object, before a member.</param>
    /// <param name="predictions">The answers.</param>
    /// <param name="row">The row.</param>
    /// <param name="prefix">Begins the names of the members.</param>
    public static void Write(Utf8JsonWriter json, PredictionBatch predictions, int row, string prefix = "")
    {
        var signature = predictions.Signature;
        json.WritePropertyName(prefix + AnswerMembers.Prediction);
        if (signature.Answer.Numbers == NumberKind.Values)
        {
            WriteNumbers(json, predictions, row, signature.Targets);
        }
        else
        {
            WriteLabels(json, predictions, row);
            if (AnswerMembers.NumbersOf(signature.Answer) is { } name)
            {
                json.WritePropertyName(prefix + name);
                WriteNumbers(json, predictions, row, name == "score" ? [] : signature.NumberNames);
            }
        }

        if (predictions.Others.Count > 0)
        {
            json.WriteStartObject(prefix + AnswerMembers.Outputs);
            foreach (var other in predictions.Others)
            {
                json.WritePropertyName(other.Output.Name);
                WriteOther(json, other, row);
            }

            json.WriteEndObject();
        }
    }

    /// <summary>Writes one output that is returned as it is: a value, or nested arrays in its shape.</summary>
    internal static void WriteOther(Utf8JsonWriter json, OtherValues values, int row)
    {
        var next = row * values.Width;
        WriteOther(json, values, values.Output.Dimensions ?? [values.Width], 0, ref next);
    }

    private static void WriteOther(Utf8JsonWriter json, OtherValues values, IReadOnlyList<int> dimensions, int depth, ref int next)
    {
        if (depth == dimensions.Count)
        {
            WriteValue(json, values, next++);
            return;
        }

        json.WriteStartArray();
        for (var i = 0; i < dimensions[depth]; i++)
        {
            WriteOther(json, values, dimensions, depth + 1, ref next);
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, OtherValues values, int index)
    {
        switch (values.Output.Kind)
        {
            case OtherKind.Float when float.IsFinite(values.Floats[index]):
                json.WriteNumberValue(values.Floats[index]);
                break;
            case OtherKind.Double when double.IsFinite(values.Doubles[index]):
                json.WriteNumberValue(values.Doubles[index]);
                break;
            case OtherKind.Float or OtherKind.Double:
                json.WriteNullValue();
                break;
            case OtherKind.Text:
                json.WriteStringValue(values.Texts[index]);
                break;
            case OtherKind.Boolean:
                json.WriteBooleanValue(values.Integers[index] != 0);
                break;
            default:
                json.WriteNumberValue(values.Integers[index]);
                break;
        }
    }

    private static void WriteLabels(Utf8JsonWriter json, PredictionBatch predictions, int row)
    {
        var signature = predictions.Signature;
        var labels = predictions.LabelsOf(row);
        if (signature.Task != ModelTask.Multilabel)
        {
            WriteLabel(json, signature.Classes!, labels[0]);
            return;
        }

        json.WriteStartObject();
        for (var i = 0; i < labels.Length; i++)
        {
            json.WritePropertyName(signature.Targets[i]);
            WriteLabel(json, signature.Classes!, labels[i]);
        }

        json.WriteEndObject();
    }

    private static void WriteLabel(Utf8JsonWriter json, ClassLabels classes, int label)
    {
        if (classes.Kind == ClassKind.Text)
        {
            json.WriteStringValue(classes.Names[label]);
        }
        else
        {
            json.WriteRawValue(classes.JsonOf(label), skipInputValidation: true);
        }
    }

    /// <param name="json">After a name.</param>
    /// <param name="predictions">The answers.</param>
    /// <param name="row">The row.</param>
    /// <param name="names">The name of each number; empty for a number alone.</param>
    private static void WriteNumbers(Utf8JsonWriter json, PredictionBatch predictions, int row, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            WriteNumber(json, predictions, row);
            return;
        }

        json.WriteStartObject();
        for (var i = 0; i < names.Count; i++)
        {
            json.WritePropertyName(names[i]);
            WriteNumber(json, predictions, (row * names.Count) + i);
        }

        json.WriteEndObject();
    }

    // A 32-bit float has fewer digits than the same number as a 64-bit one.
    private static void WriteNumber(Utf8JsonWriter json, PredictionBatch predictions, int index)
    {
        if (predictions.Signature.Answer.AreDoubles)
        {
            json.WriteNumberValue(predictions.Doubles[index]);
        }
        else
        {
            json.WriteNumberValue(predictions.Numbers[index]);
        }
    }
}
