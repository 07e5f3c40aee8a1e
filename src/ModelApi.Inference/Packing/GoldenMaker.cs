using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Packing;

/// <summary>Makes golden rows of the training rows whose predictions the reference holds.</summary>
internal sealed class GoldenMaker(ReferenceTable table, ColumnRoles roles, IReadOnlyList<JsonObject> features)
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes rows, spread over the table.</summary>
    /// <param name="count">How many, at most.</param>
    /// <param name="labels">The type of the labels; null where numbers are predicted.</param>
    public IEnumerable<string> Make(int count, LabelValues? labels)
    {
        var predictions = table.Find(roles.Prediction!)!;
        var rows = Math.Min(count, table.Rows);
        for (var i = 0; i < rows; i++)
        {
            var row = (int)((long)i * table.Rows / rows);
            var golden = new JsonObject
            {
                ["input"] = new JsonObject(features.Select(feature => KeyValuePair.Create((string)feature["name"]!, Value(feature, row)))),
            };
            if (labels is null)
            {
                golden["value"] = Number(roles.Prediction!, predictions[row]);
            }
            else
            {
                golden["label"] = labels.ToJson(labels.Canonical(predictions[row]) ?? throw new PackException(
                    $"Column '{roles.Prediction}' of the reference holds '{predictions[row]}', "
                    + "which is no label of the type of the golden ones."));
                AddProbabilities(golden, row);
            }

            yield return golden.ToJsonString(Options);
        }
    }

    private void AddProbabilities(JsonObject golden, int row)
    {
        if (roles.Probabilities.Count > 1)
        {
            golden["probabilities"] = new JsonObject(roles.Probabilities.Select(column =>
                KeyValuePair.Create(column.Key, (JsonNode?)Number(column.Value, table.Find(column.Value)![row]))));
        }
    }

    private JsonNode? Value(JsonObject feature, int row)
    {
        var name = (string)feature["name"]!;
        var cell = table.Find(name)![row];
        return (string)feature["type"]! switch
        {
            _ when cell.Length == 0 && feature["nullable"] is not null => null,
            "string" => JsonValue.Create(cell),
            "boolean" when bool.TryParse(cell, out var boolean) => JsonValue.Create(boolean),
            "tensor" => ReadTensor(name, cell),
            _ => Number(name, cell),
        };
    }

    private static JsonNode? ReadTensor(string column, string cell)
    {
        try
        {
            return JsonNode.Parse(cell);
        }
        catch (JsonException)
        {
            throw new PackException($"Column '{column}' of the reference holds a tensor that is not JSON.");
        }
    }

    private static JsonValue Number(string column, string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : throw new PackException($"Column '{column}' of the reference holds '{cell}', which is no finite number.");
}
