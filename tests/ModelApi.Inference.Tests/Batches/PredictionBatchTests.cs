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
        var predictions = new PredictionBatch(
            new Signature([new Feature { Name = "x", Type = FeatureType.Number, Example = 1 }]) { Task = ModelTask.Regression });
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
        var predictions = new PredictionBatch(
            new Signature([new Feature { Name = "x", Type = FeatureType.Number, Example = 1 }]) { Classes = new ClassLabels(["a", "b"]) });
        predictions.Resize(2);
        predictions.Probabilities.Fill(float.NaN);
        var findings = new Findings();

        predictions.ReportUnanswered(findings);

        Assert.Equal([0, 1], findings.Errors.Select(error => error.Row));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_rows_that_are_answered_keep_their_answers_and_the_others_are_named_by_their_place_in_the_request(bool isClassification)
    {
        Feature[] features = [new() { Name = "x", Type = FeatureType.Number, Example = 1 }];
        var signature = isClassification
            ? new Signature(features) { Classes = new ClassLabels(["a", "b"]) }
            : new Signature(features) { Task = ModelTask.Regression };
        var (batch, findings, predictions) = (new FeatureBatch(signature), new Findings(), new PredictionBatch(signature));
        new JsonFeatureReader(signature, new ReadLimits())
            .Read("""[{"x":1},{},{"x":2},{"x":3},{},{},{"x":4},{"x":5}]"""u8, batch, findings);
        predictions.Resize(5);
        var columns = isClassification ? 2 : 1;
        var numbers = isClassification ? predictions.Probabilities : predictions.Values;
        for (var row = 0; row < 5; row++)
        {
            numbers.Slice(row * columns, columns).Fill(row is 1 or 3 ? float.NaN : row);
            if (isClassification)
            {
                predictions.Labels[row] = row;
            }
        }

        predictions.ReportUnanswered(findings);

        Assert.Equal([1, 2, 4, 5, 6], findings.InvalidRows);
        Assert.Equal(["/2", "/6"], findings.Errors.Where(error => error.Feature is null).Select(error => error.Pointer(RequestShape.Rows)));
        Assert.Equal(3, predictions.Rows);
        Assert.Equal(
            [0f, 2f, 4f],
            Enumerable.Range(0, 3).Select(row => (isClassification ? predictions.Probabilities : predictions.Values)[row * columns]));
        Assert.Equal(isClassification ? [0, 2, 4] : [], predictions.Labels.ToArray());
    }

    [Fact]
    public void Labels_doubles_and_other_outputs_move_together()
    {
        var signature = new Signature([new Feature { Name = "x", Type = FeatureType.Number, Example = 1 }])
        {
            Task = ModelTask.Multilabel,
            Targets = ["a", "b"],
            Classes = new ClassLabels([0L, 1L]),
            Answer = new AnswerShape
            {
                LabelColumns = 2,
                Numbers = NumberKind.Probabilities,
                NumberColumns = 2,
                AreDoubles = true,
                Others =
                [
                    new OtherOutput("f", OtherKind.Float, [2]), new OtherOutput("d", OtherKind.Double, null),
                    new OtherOutput("i", OtherKind.Integer, []), new OtherOutput("t", OtherKind.Text, []),
                ],
            },
        };
        var (batch, findings, predictions, copy) =
            (new FeatureBatch(signature), new Findings(), new PredictionBatch(signature), new PredictionBatch(signature));
        new JsonFeatureReader(signature, new ReadLimits()).Read("""[{"x":1},{"x":2},{"x":3},{"x":4}]"""u8, batch, findings);
        predictions.Resize(4);
        foreach (var other in predictions.Others)
        {
            other.Resize(4, other.Output.Name switch { "f" => 2, "d" => 3, _ => 1 });
        }

        for (var row = 0; row < 4; row++)
        {
            predictions.Labels.Slice(2 * row, 2).Fill(row);
            predictions.Doubles.Slice(2 * row, 2).Fill(row == 1 ? double.PositiveInfinity : row + 1e-12);
            predictions.Others[0].Floats.Slice(2 * row, 2).Fill(row);
            predictions.Others[1].Doubles.Slice(3 * row, 3).Fill(row);
            predictions.Others[2].Integers[row] = row;
            predictions.Others[3].Texts[row] = $"{row}";
        }

        predictions.ReportUnanswered(findings);
        predictions.CopyRowsTo(copy, 1, 2);

        Assert.Equal("/1", Assert.Single(findings.Errors).Pointer(RequestShape.Rows));
        Assert.Equal((3, 2), (predictions.Rows, copy.Rows));
        Assert.Equal([2, 2, 3, 3], copy.Labels.ToArray());
        Assert.Equal([2 + 1e-12, 2 + 1e-12, 3 + 1e-12, 3 + 1e-12], copy.Doubles.ToArray());
        Assert.Equal([2f, 2f, 3f, 3f], copy.Others[0].Floats.ToArray()[..4]);
        Assert.Equal([2.0, 2, 2, 3, 3, 3], copy.Others[1].Doubles.ToArray()[..6]);
        Assert.Equal([2L, 3L], copy.Others[2].Integers.ToArray()[..2]);
        Assert.Equal(["2", "3"], copy.Others[3].Texts.ToArray()[..2]);
    }
}
