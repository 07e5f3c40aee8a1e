using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring.MlNet;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>What ML.NET's own <c>Transform</c> answers to rows.</summary>
internal sealed class TransformedRows
{
    private readonly int[] _labels;
    private readonly float[][] _numbers;

    private TransformedRows(int[] labels, float[][] numbers) => (_labels, _numbers) = (labels, numbers);

    /// <summary>Whether the numbers of each row are within 0 and 1 and sum to 1.</summary>
    public bool SumToOne => Array.TrueForAll(_numbers, row =>
        Array.TrueForAll(row, number => number is >= 0 and <= 1) && Math.Abs(row.Sum() - 1) <= 1e-4);

    /// <summary>Transforms rows.</summary>
    /// <param name="model">The pipeline.</param>
    /// <param name="sources">By column of its input, the features that feed it.</param>
    /// <param name="features">The rows.</param>
    /// <param name="answer">The columns of the answer.</param>
    /// <returns>As many rows; the label of one that names no known class is -1.</returns>
    public static TransformedRows Read(
        MlNetModel model, IReadOnlyList<IReadOnlyList<int>> sources, FeatureBatch features, AnswerColumns answer)
    {
        var scored = model.Transformer.Transform(new FeatureView(model.InputSchema, sources, features));
        var numbers = scored.Schema[answer.Numbers.Name];
        var label = answer.Label is { } named ? scored.Schema[named.Name] : (DataViewSchema.Column?)null;
        using var cursor = scored.GetRowCursor(label is { } both ? [both, numbers] : [numbers]);
        var readLabel = label is { } column ? LabelReader.Create(cursor, column, features.Signature) : () => -1;
        var readNumbers = ReadNumbers(cursor, numbers);
        var (labels, rows) = (new List<int>(), new List<float[]>());
        while (cursor.MoveNext())
        {
            labels.Add(readLabel());
            rows.Add(readNumbers());
        }

        return new TransformedRows([.. labels], [.. rows]);
    }

    /// <summary>Writes rows as golden rows: inputs with the answers.</summary>
    /// <param name="features">The rows.</param>
    /// <param name="signature">What the numbers are.</param>
    /// <param name="first">How many rows come first; all further ones are written.</param>
    /// <param name="most">How many of the first are written at most, evenly spread over them.</param>
    /// <param name="path">The file.</param>
    public void WriteGolden(FeatureBatch features, Signature signature, int first, int most, string path)
    {
        using var file = File.Create(path);
        var usable = Enumerable.Range(0, first).Where(IsFinite).ToList();
        var count = Math.Min(most, usable.Count);
        var spread = Enumerable.Range(0, count).Select(i => usable[(int)((long)i * usable.Count / count)]);
        foreach (var row in spread.Concat(Enumerable.Range(first, _numbers.Length - first).Where(IsFinite)))
        {
            using (var json = new Utf8JsonWriter(file))
            {
                json.WriteStartObject();
                WriteInput(json, features, row);
                WriteAnswer(json, signature, row);
                json.WriteEndObject();
            }

            file.WriteByte((byte)'\n');
        }

        bool IsFinite(int row) => Array.TrueForAll(_numbers[row], float.IsFinite);
    }

    /// <summary>The first difference of other answers to the rows, in words; null when there is none.</summary>
    /// <param name="predictions">The answers of an engine.</param>
    /// <param name="share">The largest difference of a number, as a share of the largest magnitude of all, or of 1.</param>
    public string? FindDifference(PredictionBatch predictions, double share)
    {
        var finite = _numbers.SelectMany(row => row).Where(float.IsFinite).Select(Math.Abs).DefaultIfEmpty(1);
        var allowed = share * Math.Max(1, finite.Max());
        for (var row = 0; row < _numbers.Length; row++)
        {
            if (predictions.Labels.Length > 0 && _labels[row] >= 0 && predictions.Labels[row] != _labels[row])
            {
                var names = predictions.Signature.Classes!.Names;
                return $"it answers '{names[predictions.Labels[row]]}' to row {row + 1} and ML.NET '{names[_labels[row]]}'";
            }

            var columns = predictions.Signature.Answer.NumberColumns;
            for (var i = 0; i < _numbers[row].Length; i++)
            {
                // A single number is the last of two.
                var number = predictions.Number(row, columns - _numbers[row].Length + i);
                if (!number.Equals(_numbers[row][i]) && !(Math.Abs(number - _numbers[row][i]) <= allowed))
                {
                    return FormattableString.Invariant($"it answers {number:g9} to row {row + 1} and ML.NET {_numbers[row][i]:g9}");
                }
            }
        }

        return null;
    }

    private static Func<float[]> ReadNumbers(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
        {
            var vector = row.GetGetter<VBuffer<float>>(column);
            var values = default(VBuffer<float>);
            return () =>
            {
                vector(ref values);
                return [.. values.DenseValues()];
            };
        }

        var single = row.GetGetter<float>(column);
        return () =>
        {
            var value = 0f;
            single(ref value);
            return [value];
        };
    }

    private static void WriteInput(Utf8JsonWriter json, FeatureBatch features, int row)
    {
        json.WriteStartObject("input");
        for (var i = 0; i < features.Signature.Features.Count; i++)
        {
            var feature = features.Signature.Features[i];
            json.WritePropertyName(feature.Name);
            if (feature.Type == FeatureType.String)
            {
                json.WriteStringValue(features.Texts(i)[row]);
            }
            else if (features.Numbers(i)[row] is var number && double.IsNaN(number))
            {
                json.WriteNullValue();
            }
            else if (feature.Type == FeatureType.Boolean)
            {
                json.WriteBooleanValue(number == 1);
            }
            else
            {
                json.WriteNumberValue(number);
            }
        }

        json.WriteEndObject();
    }

    private void WriteAnswer(Utf8JsonWriter json, Signature signature, int row)
    {
        if (signature.Classes is { } classes && _labels[row] >= 0)
        {
            json.WritePropertyName("label");
            classes.ValueOf(_labels[row]).WriteTo(json);
        }

        var numbers = _numbers[row];
        switch (signature.Answer.Numbers)
        {
            case NumberKind.Probabilities:
                WriteByClass(json, "probabilities", signature, numbers is [var second] ? [1 - second, second] : numbers);
                break;
            case NumberKind.Distances:
                WriteByClass(json, "distances", signature, numbers);
                break;
            case NumberKind.Scores when signature.Answer.NumberColumns > 1:
                WriteByClass(json, "scores", signature, numbers is [var score] ? [-score, score] : numbers);
                break;
            case NumberKind.Scores when signature.Task == ModelTask.Classification:
                WriteNumber(json, "score", numbers[0]);
                break;
            default:
                WriteNumber(json, "value", numbers[0]);
                break;
        }
    }

    private static void WriteByClass(Utf8JsonWriter json, string key, Signature signature, float[] numbers)
    {
        json.WriteStartObject(key);
        for (var i = 0; i < numbers.Length; i++)
        {
            WriteNumber(json, signature.Classes!.Names[i], numbers[i]);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string key, float number)
    {
        json.WritePropertyName(key);
        json.WriteRawValue(number.ToString("R", CultureInfo.InvariantCulture));
    }
}
