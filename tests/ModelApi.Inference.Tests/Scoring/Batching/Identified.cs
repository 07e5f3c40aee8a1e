using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Scoring.Batching;

/// <summary>Rows that are told apart by their one feature, and the answers that belong to them.</summary>
internal static class Identified
{
    public static Signature Signature { get; } = new([new Feature { Name = "id", Type = FeatureType.Integer, Example = 1 }])
    {
        Task = ModelTask.Regression,
        Target = "answer",
    };

    public static FeatureBatch Rows(params ReadOnlySpan<int> ids)
    {
        var batch = new FeatureBatch(Signature);
        foreach (var id in ids)
        {
            batch.SetNumber(batch.AddRow(), 0, id);
        }

        return batch;
    }

    public static float AnswerTo(double id) => (float)((id * 3) + 1);

    public static IEnumerable<float> AnswersTo(params IEnumerable<int> ids) => ids.Select(id => AnswerTo(id));
}

/// <summary>What a scorer says of a row that it cannot score.</summary>
internal sealed class BadRowException(double id) : Exception($"Row {id} cannot be scored.")
{
    public double Id => id;
}
