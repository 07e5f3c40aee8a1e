using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Batches;

public sealed class PredictionBatchTests
{
    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NaN)]
    public void A_row_without_a_finite_answer_is_reported(float value)
    {
        var predictions = new PredictionBatch(new Signature([new Feature { Name = "x", Type = FeatureType.Number, Example = 1 }]) { Task = ModelTask.Regression });
        predictions.Resize(3);
        predictions.Values.Clear();
        predictions.Values[1] = value;
        var findings = new Findings();

        predictions.ReportUnanswered(findings);

        Assert.Equal("/1", Assert.Single(findings.Errors).Pointer(RequestShape.Rows));
    }

    [Fact]
    public void A_row_of_several_probabilities_is_reported_once()
    {
        var predictions = new PredictionBatch(new Signature([new Feature { Name = "x", Type = FeatureType.Number, Example = 1 }]) { Classes = new ClassLabels(["a", "b"]) });
        predictions.Resize(2);
        predictions.Probabilities.Fill(float.NaN);
        var findings = new Findings();

        predictions.ReportUnanswered(findings);

        Assert.Equal([0, 1], findings.Errors.Select(error => error.Row));
    }
}
