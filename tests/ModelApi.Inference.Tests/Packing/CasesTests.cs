using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Packing;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Inference.Tests.Packing;

/// <summary>Each model of tests/Cases does what its README says: packed without an option, checked as a server does, and scored.</summary>
public sealed class CasesTests : IDisposable
{
    private readonly string _models = Directory.CreateTempSubdirectory("modelapi-cases-").FullName;

    public void Dispose() => Directory.Delete(_models, recursive: true);

    /// <summary>Each case with its task, the parts of its answer, its classes, and the largest difference that it may have.</summary>
    public static TheoryData<string, string, string, string?, double> Cases => new()
    {
        { "t-lr-shift", "regression", "value", null, 3e-3 },
        { "t-gbr-shift", "regression", "value", null, 3e-3 },
        { "linreg", "regression", "value", null, 3e-3 },
        { "svr", "regression", "value", null, 3e-3 },
        { "ridge", "regression", "value", null, 3e-3 },
        { "reg-double", "regression", "value", null, 3e-3 },
        { "multi-reg", "regression", "value", null, 5e-3 },
        { "lda", "classification", "label probabilities", """["class_0","class_1","class_2"]""", 1e-6 },
        { "mnb-digits", "classification", "label probabilities", "[0,1,2,3,4,5,6,7,8,9]", 1e-4 },
        { "bnb-digits", "classification", "label probabilities", "[0,1,2,3,4,5,6,7,8,9]", 1e-5 },
        {
            "count-nb", "classification", "label probabilities",
            """["computer-vision","mlops","natural-language-processing","other"]""", 1e-5
        },
        { "pipe-double", "classification", "label probabilities", """["No Risk","Risk"]""", 1e-12 },
        { "iris-auto64", "classification", "label probabilities", """["setosa","versicolor","virginica"]""", 1e-6 },
        { "iris-rawnames", "classification", "label probabilities", """["setosa","versicolor","virginica"]""", 1e-6 },
        { "odd-mapped", "classification", "label probabilities", """["no","yes"]""", 1e-6 },
        { "clash-t", "classification", "label probabilities", """["no","yes"]""", 1e-6 },
        { "flags-first", "classification", "label probabilities", "[0,1]", 1e-6 },
        { "catnan2", "classification", "label probabilities", """["No Risk","Risk"]""", 1e-6 },
        { "noproba", "classification", "label", """["class_0","class_1","class_2"]""", 0 },
        { "noproba-scores", "classification", "label scores", """["class_0","class_1","class_2"]""", 1e-5 },
        { "ridge-clf", "classification", "label", """["benign","malignant"]""", 0 },
        { "sgd-hinge", "classification", "label", """["class_0","class_1","class_2"]""", 0 },
        { "votinghard", "classification", "label", """["class_0","class_1","class_2"]""", 0 },
        { "torch-softmax", "classification", "probabilities", "[0,1]", 1e-6 },
        { "keras-sigmoid", "classification", "probabilities", "[0,1]", 1e-6 },
        { "torch-many", "classification", "label probabilities", "[0,1]", 1e-6 },
        { "label-int32", "classification", "label probabilities", "[0,1]", 1e-6 },
        { "mixed-int32", "classification", "label probabilities", "[0,1]", 1e-6 },
        { "mixed-f16", "classification", "label probabilities", "[0,1]", 1e-6 },
        { "mixed-uint8", "classification", "label probabilities", "[0,1]", 1e-6 },
        { "noshape", "classification", "label probabilities", "[0,1]", 1e-6 },
        { "fixed1", "classification", "label probabilities", "[0,1]", 1e-6 },
        { "lab-float", "classification", "label probabilities", "[1.0,2.0,3.0]", 1e-6 },
        { "lab-bool", "classification", "label probabilities", "[false,true]", 1e-6 },
        { "multilabel", "multilabel", "label", null, 0 },
        { "iforest", "outlier-detection", "label value", null, 1e-6 },
        { "lof", "outlier-detection", "label value", null, 5e-6 },
        { "ocsvm", "outlier-detection", "label value", null, 2e-5 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_model_is_packed_without_options_checked_and_scored(
        string name, string task, string outputs, string? classes, double largest)
    {
        var packed = await BundlePacker.PackAsync(new Case(name).Request(_models), CancellationToken.None);

        var manifest = packed.Manifest;
        Assert.Equal(task, (string?)manifest["task"]);
        Assert.Equal(outputs, string.Join(' ', manifest["outputs"]!.AsObject().Select(output => output.Key)));
        Assert.Equal(classes, manifest["classes"]?.ToJsonString());
        Assert.Equal((60, true), (packed.Golden.Rows, packed.Golden.LargestDifference <= largest));

        using var version = await LoadAsync(name);
        Assert.Equal([], version.Faults.Select(fault => fault.ToString()));
        Assert.InRange(version.Golden!.LargestDifference, 0, largest);
        AssertAnswers(new Case(name), version);
    }

    [Fact]
    public void Each_folder_is_a_case() => Assert.Equal(
        Directory.GetDirectories(Case.Root).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal),
        Cases.Select(row => (string)row[0]).Append("kbest-rf").Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_graph_that_fails_when_it_runs_is_refused_in_one_line_with_the_place()
    {
        var exception = await Assert.ThrowsAsync<PackException>(
            () => BundlePacker.PackAsync(new Case("kbest-rf").Request(_models), CancellationToken.None));

        Assert.StartsWith("model.onnx: ONNX Runtime cannot run this graph: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("ArrayFeatureExtractor", exception.Message, StringComparison.Ordinal);
        Assert.Contains("export it with one tensor", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_models));
    }

    [Theory]
    [InlineData("linreg")]
    [InlineData("ridge")]
    [InlineData("lda")]
    public async Task A_linear_model_stays_compiled(string name)
    {
        await BundlePacker.PackAsync(new Case(name).Request(_models), CancellationToken.None);

        using var version = await LoadAsync(name);

        Assert.Null(version.Selected!.Check(CancellationToken.None));
        Assert.StartsWith("compiled", version.Scorer!.Engine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_columns_of_odd_names_feed_the_inputs_that_the_converter_renamed()
    {
        var packed = await BundlePacker.PackAsync(new Case("odd-mapped").Request(_models), CancellationToken.None);

        Assert.Equal("a_b of model.onnx", packed.Inputs["a,b"]);
        Assert.Equal("k_v of model.onnx", packed.Inputs["k=v"]);
        Assert.Equal("_ of model.onnx", packed.Inputs["🌲"]);
        Assert.Equal("_0 of model.onnx", packed.Inputs["0"]);
        Assert.Equal("new_line of model.onnx", packed.Inputs["new\nline"]);
    }

    [Fact]
    public async Task Features_that_are_called_like_predictions_stay_and_flags_are_no_target()
    {
        var clash = await BundlePacker.PackAsync(new Case("clash-t").Request(_models), CancellationToken.None);
        var flags = await BundlePacker.PackAsync(new Case("flags-first").Request(_models), CancellationToken.None);

        Assert.Equal(["prediction", "p_yes", "p_value", "a"], Features(clash));
        Assert.Equal(["a", "smoker", "male"], Features(flags));
        Assert.Equal("target", (string?)flags.Manifest["target"]!["name"]);
    }

    [Fact]
    public async Task A_graph_of_one_row_says_so_and_takes_many()
    {
        await BundlePacker.PackAsync(new Case("fixed1").Request(_models), CancellationToken.None);
        var loader = new VersionLoader(new BundleReader(), new EngineSelector(ScoringEngine.OnnxRuntime).Select, new ReadLimits());

        using var version = await loader.LoadAsync("fixed1", Path.Combine(_models, "fixed1", "1"), CancellationToken.None);

        Assert.EndsWith(EngineSelector.RowByRow, version.Selected!.Reason, StringComparison.Ordinal);
        Assert.Equal(60, version.Golden!.Rows);
    }

    private static IEnumerable<string?> Features(PackResult packed) =>
        packed.Manifest["features"]!.AsArray().Select(feature => (string?)feature!["name"]);

    private async Task<ModelVersion> LoadAsync(string name) =>
        await new VersionLoader(new BundleReader(), new EngineSelector().SelectFirst, new ReadLimits())
            .LoadAsync(name, Path.Combine(_models, name, "1"), CancellationToken.None);

    // Each golden row by itself, as a client sends it: the label is the trainer's, and as the trainer's JSON has it.
    private static void AssertAnswers(Case model, ModelVersion version)
    {
        var signature = version.Manifest!.Signature;
        foreach (var line in File.ReadLines(model.Golden).Take(10))
        {
            var golden = JsonNode.Parse(line)!;
            var (features, predictions, findings) = (new FeatureBatch(signature), new PredictionBatch(signature), new Findings());
            version.Reader!.Read(JsonSerializer.SerializeToUtf8Bytes(golden["input"]), features, findings);
            Assert.Empty(findings.Errors);
            version.Scorer!.Score(features, predictions, CancellationToken.None);
            if (golden["label"] is { } label && signature.Targets.Count == 0)
            {
                Assert.Equal(label.ToJsonString(), signature.Classes!.ValueOf(predictions.Labels[0]).ToJsonString());
            }

            if (golden["value"] is JsonValue value)
            {
                Assert.Equal(value.GetValue<double>(), predictions.Number(0, 0), tolerance: Math.Max(1e-5, 1e-5 * 500));
            }
        }
    }
}
