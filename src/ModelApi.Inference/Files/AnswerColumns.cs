using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Files;

/// <summary>The columns that an answer adds to a table, in the order of labels, numbers and other outputs.</summary>
internal static class AnswerColumns
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Their names, such as <c>prediction</c>, <c>p_yes</c>, <c>score_yes</c> and <c>output_logits</c>.</summary>
    public static IEnumerable<string> Of(Signature signature)
    {
        var answer = signature.Answer;
        if (answer.LabelColumns == 1 || (answer.LabelColumns == 0 && answer.NumberColumns == 1))
        {
            yield return AnswerMembers.Prediction;
        }
        else
        {
            foreach (var target in signature.Targets)
            {
                yield return $"{AnswerMembers.Prediction}_{target}";
            }
        }

        var prefix = answer.Numbers switch
        {
            NumberKind.Probabilities => "p_",
            NumberKind.Scores => "score_",
            NumberKind.Distances => "distance_",
            _ => null,
        };
        if (AnswerMembers.NumbersOf(answer) == "score")
        {
            yield return "score";
        }
        else if (prefix is not null)
        {
            foreach (var name in signature.NumberNames)
            {
                yield return prefix + name;
            }
        }

        foreach (var other in answer.Others)
        {
            yield return $"output_{other.Name}";
        }
    }

    /// <summary>The cell of an output that is returned as it is: its text or number, or an array as JSON.</summary>
    public static string CellOf(OtherValues values, int row)
    {
        if (values is { Output: { Kind: OtherKind.Text, Dimensions.Count: 0 } })
        {
            return values.Texts[row];
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            AnswerJson.WriteOther(json, values, row);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
