using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Fixtures;
using ModelApi.Inference.Tests.Scoring.Compiled.Generated;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled;

/// <summary>Models trained by XGBoost and scikit-learn, with the libraries' own answers.</summary>
/// <remarks><c>Models/make_models.py</c> writes the files.</remarks>
public sealed class ExportedModelsTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "ModelApi.Inference.Tests", "Models");

    public static TheoryData<string> Models =>
        [.. Directory.EnumerateFiles(Folder, "*.onnx")
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Models))]
    public void An_exported_model_gets_the_answers_of_ONNX_Runtime_and_of_its_trainer(string model)
    {
        var (bundle, golden) = Read(model);
        using var reference = new OnnxRuntimeScorer(bundle);
        using var compiled = Sameness.Compile(bundle, out var reason);
        Assert.True(compiled is not null, reason);

        var difference = Sameness.FindDifference(
            bundle.Golden.Features, reference, compiled, mayRound: model.Contains("regression", StringComparison.Ordinal));
        var answers = new PredictionBatch(bundle.Manifest.Signature);
        compiled.Score(bundle.Golden.Features, answers, CancellationToken.None);

        Assert.Null(difference);
        if (bundle.Manifest.Signature.Classes is { } classes)
        {
            Assert.Equal(Numbers(golden, "labels"), answers.Labels.ToArray().Select(label => (double)classes.Integer(label)));
            var shares = golden.GetProperty("probabilities")
                .EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(share => share.GetSingle()).ToArray();
            Assert.Equal(shares, answers.Probabilities.ToArray(), (a, b) => MathF.Abs(a - b) <= 2e-6f);
        }
        else
        {
            Assert.Equal(
                Numbers(golden, "values"),
                answers.Values.ToArray().Select(value => (double)value),
                (a, b) => Math.Abs(a - b) <= 2e-6 * Math.Abs(a));
        }
    }

    [Fact]
    public async Task The_shipped_bundles_get_the_answers_of_ONNX_Runtime()
    {
        foreach (var name in Repository.Bundles)
        {
            var bundle = await new BundleReader().ReadAsync(Path.Combine(Repository.Models, name), CancellationToken.None);
            using var reference = new OnnxRuntimeScorer(bundle);
            using var compiled = Sameness.Compile(bundle, out var reason);

            Assert.True(compiled is not null, $"{name}: {reason}");

            // ONNX Runtime's own logistic function, behind linear models, is two steps of a float below 1 off.
            var difference = Sameness.FindDifference(bundle.Golden.Features, reference, compiled, floor: 3e-7);
            Assert.True(difference is null, $"{name}: {difference}");
        }
    }

    private static (Bundle Bundle, JsonElement Golden) Read(string model)
    {
        var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, $"{model}.json"))).RootElement;
        var rows = golden.GetProperty("rows");
        var features = Enumerable.Range(0, rows[0].GetArrayLength())
            .Select(index => new Feature { Name = $"f{index}", Type = FeatureType.Number, Nullable = true, Example = null }).ToList();
        var signature = new Signature(features)
        {
            Task = golden.TryGetProperty("classes", out _) ? ModelTask.Classification : ModelTask.Regression,
            Classes = golden.TryGetProperty("classes", out var classes)
                ? new ClassLabels([.. classes.EnumerateArray().Select(label => label.GetInt64())])
                : null,
        };
        var bundle = MemoryBundle.Create(
            signature,
            [File.ReadAllBytes(Path.Combine(Folder, $"{model}.onnx"))],
            new Dictionary<string, IReadOnlyList<string>> { ["features"] = [.. features.Select(feature => feature.Name)] });
        foreach (var cells in rows.EnumerateArray())
        {
            var row = bundle.Golden.Features.AddRow();
            for (var feature = 0; feature < features.Count; feature++)
            {
                bundle.Golden.Features.SetNumber(
                    row, feature, cells[feature].ValueKind == JsonValueKind.Null ? double.NaN : cells[feature].GetDouble());
            }
        }

        return (bundle, golden);
    }

    private static double[] Numbers(JsonElement golden, string key) =>
        [.. golden.GetProperty(key).EnumerateArray().Select(number => number.GetDouble())];
}
