using System.Text.Json.Nodes;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Scoring;

/// <summary>Models of every kind of answer give the answers of scikit-learn, in each engine that can score them.</summary>
public sealed class CaseAnswersTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public static TheoryData<string> Cases => [.. CaseModels.Manifests.Keys];

    public void Dispose() => _models.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_trainers_answers_are_reproduced(string name)
    {
        var bundle = await ReadAsync(_models.AddCase(name));

        var selected = new EngineSelector().Select(bundle);

        using var scorer = selected.Scorer;
        using var reference = new OnnxRuntimeScorer(bundle);
        Assert.All([selected.Golden, GoldenCheck.Run(reference, bundle)], report =>
        {
            Assert.Equal((60, 0), (report.Rows, report.TiedRows));
            Assert.InRange(report.LargestDifference, 0, report.Allowed);
        });
    }

    [Theory]
    [InlineData("linreg")]
    [InlineData("ridge")]
    [InlineData("lda")]
    [InlineData("multi-reg")]
    [InlineData("noproba")]
    [InlineData("noproba-scores")]
    [InlineData("keras-sigmoid")]
    [InlineData("torch-softmax")]
    [InlineData("lab-float")]
    [InlineData("lab-bool")]
    public async Task A_compiled_model_stays_compiled_once_the_engines_are_compared(string name)
    {
        var selected = new EngineSelector().SelectFirst(await ReadAsync(_models.AddCase(name)));

        using var scorer = selected.Scorer;
        Assert.Equal("compiled", scorer.Engine);
        Assert.Null(selected.Check(CancellationToken.None));
        Assert.Equal("compiled", scorer.Engine);
        Assert.StartsWith(
            "Compiled: it gives the trainer's answers to 60 golden rows, and ONNX Runtime's to 256 reference rows.",
            selected.Reason,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linreg", "value", "230", "row 1: Expected 230, got 228.")]
    [InlineData("multi-reg", "value", "[138.92510351877587, 310]", "row 1: Expected 310 for 'second', got 308.9848.")]
    [InlineData("multi-reg", "value", "{\"second\":308.984,\"first\":138}", "row 1: Expected 138 for 'first', got 138.9251.")]
    [InlineData("multilabel", "value", "[1, 1]", "row 1: Expected 1 for 'sweet', got 0.")]
    [InlineData("iforest", "value", "0.11045", "row 1: Expected 0.11045, got 0.1104")]
    [InlineData("iforest", "label", "-1", "row 1: Expected -1, got 1.")]
    [InlineData("iforest", "value", "-0.1104", "row 1: Expected -1, got 1.")]
    [InlineData("lab-bool", "label", "true", "row 1: Expected true, got false.")]
    [InlineData("lab-float", "label", "2", "row 1: Expected 2.0, got 1.0.")]
    [InlineData("noproba", "label", "\"class_0\"", "row 1: Expected 'class_0', got 'class_1'.")]
    [InlineData("answers/k-means", "label", "2", "row 1: Expected 2, got 1.")]
    [InlineData("answers/labels-forest", "probabilities", "[[1,0],[0.9,0.1]]", "row 1: Expected 0.1 for 'strong', got 0.")]
    public async Task A_row_that_is_answered_otherwise_is_shown(string name, string key, string value, string expected)
    {
        var first = true;
        var bundle = await ReadAsync(_models.AddCase(name, edit: row =>
        {
            if (first)
            {
                row[key] = JsonNode.Parse(value);
                first = false;
            }
        }));
        using var scorer = new OnnxRuntimeScorer(bundle);

        var faults = Assert.Throws<BundleException>(() => GoldenCheck.Run(scorer, bundle)).Faults;

        Assert.StartsWith("1 of 60 rows are not answered as the trainer answered them", faults[0].Message, StringComparison.Ordinal);
        Assert.Contains(faults, fault => $"{fault.Path}: {fault.Message}".StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("multi-reg", """{"task":"regression","targets":["a","b","c"],"outputs":{"value":"variable"}}""", "2 values where 3")]
    [InlineData("lab-float", """{"task":"classification","classes":[1.0,2.0,4.0],"outputs":{"label":"label"}}""", "a class that")]
    public async Task An_answer_that_the_manifest_does_not_describe_is_its_fault(string name, string manifest, string expected)
    {
        var bundle = await ReadAsync(_models.AddCase(name, manifest, edit: row =>
        {
            row["value"] = new JsonArray(1, 2, 3);
            row["label"] = 1.0;
        }));
        using var scorer = new OnnxRuntimeScorer(bundle);

        var fault = Assert.Single(Assert.Throws<BundleException>(() => GoldenCheck.Run(scorer, bundle)).Faults);

        Assert.Equal(("model.json", "$.outputs"), (fault.File, fault.Path));
        Assert.StartsWith("The graph answered " + expected, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5e-6, 1)]
    [InlineData(5e-5, null)]
    public async Task A_label_may_differ_where_the_trainers_own_best_classes_lie_within_the_tolerance(double apart, int? tied)
    {
        // The largest golden score is 4.4, so scores may differ by 4.4e-5.
        var first = true;
        var bundle = await ReadAsync(_models.AddCase("noproba-scores", edit: row =>
        {
            if (first)
            {
                var scores = row["probabilities"]!;
                scores["class_0"] = scores["class_1"]!.GetValue<double>() + apart;
                row["label"] = "class_0";
                first = false;
            }
        }));
        using var scorer = new OnnxRuntimeScorer(bundle);
        using var moved = new MovedScorer(scorer, bundle.Golden.Numbers[0]);

        Assert.Equal(tied, Record(() => GoldenCheck.Run(moved, bundle))?.TiedRows);

        static GoldenReport? Record(Func<GoldenReport> run)
        {
            try
            {
                return run();
            }
            catch (BundleException)
            {
                return null;
            }
        }
    }

    private static Task<Bundle> ReadAsync(TemporaryBundle bundle) =>
        new BundleReader().ReadAsync(bundle.Folder, CancellationToken.None);

    /// <summary>Answers with another score of the first class to the first row.</summary>
    private sealed class MovedScorer(IScorer scorer, double score) : IScorer
    {
        public string Engine => scorer.Engine;

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
        {
            scorer.Score(features, predictions, cancellationToken);
            if (predictions.Number(0, 1) is var first && Math.Abs(first - score) < 0.01)
            {
                predictions.Numbers[0] = (float)score;
            }
        }

        public void Dispose() => scorer.Dispose();
    }
}
