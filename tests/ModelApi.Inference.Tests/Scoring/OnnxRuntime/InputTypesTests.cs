using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Fixtures;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.OnnxRuntime;

public sealed class InputTypesTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData(TensorElementType.Int64, 9007199254740992, "1e16")]
    [InlineData(TensorElementType.Int32, 2147483647, "2147483648")]
    [InlineData(TensorElementType.Int16, -32768, "-32769")]
    [InlineData(TensorElementType.Int8, 127, "128")]
    [InlineData(TensorElementType.UInt64, 0, "-1")]
    [InlineData(TensorElementType.UInt32, 4294967295, "4294967296")]
    [InlineData(TensorElementType.UInt16, 65535, "65536")]
    [InlineData(TensorElementType.UInt8, 255, "256")]
    [InlineData(TensorElementType.Float16, 65504, "65505")]
    [InlineData(TensorElementType.Float, 16777216, "1e39")]
    [InlineData(TensorElementType.Double, 9007199254740992, "9007199254740994")]
    public async Task A_graph_gets_each_type_of_number_and_never_one_that_it_cannot_hold(
        TensorElementType type, double fits, string beyond)
    {
        var bundle = await BundleOf(graph => graph.Add("Cast", graph.InputOf("x", type, null, 1), ("to", 1L)), "integer");

        Assert.Equal((float)fits, Assert.Single(Score(bundle, $$"""{"x": {{fits.ToString("R", CultureInfo.InvariantCulture)}}}""")));
        var findings = new Findings();
        new JsonFeatureReader(bundle.Manifest.Signature, new ReadLimits())
            .Read(Encoding.UTF8.GetBytes($$"""{"x": {{beyond}}}"""), new FeatureBatch(bundle.Manifest.Signature), findings);
        Assert.StartsWith("Out of range; must be ", Assert.Single(findings.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TensorElementType.Float)]
    [InlineData(TensorElementType.UInt8)]
    [InlineData(TensorElementType.Float16)]
    [InlineData(TensorElementType.Int64)]
    public async Task A_tensor_feeds_an_input_of_its_shape_row_after_row(TensorElementType type)
    {
        // Weights by place, so that another order of the numbers gives another answer.
        var bundle = await BundleOf(
            graph =>
            {
                var flat = graph.Add("Flatten", graph.Add("Cast", graph.InputOf("x", type, null, 1, 2, 3), ("to", 1L)), ("axis", 1L));
                return graph.Add("MatMul", [flat, graph.Constant([1f, 10, 100, 1000, 10000, 100000], 6, 1)]);
            },
            "tensor",
            manifest =>
            {
                manifest["features"]![0]!["shape"] = new JsonArray(1, 2, 3);
                manifest["features"]![0]!["example"] = JsonNode.Parse("[[[1, 2, 3], [4, 5, 6]]]");
            },
            """{"input":{"x":[[[1,0,0],[0,0,0]]]},"value":1}""");

        Assert.Equal(
            [654321, 1, 0, 222222],
            Score(bundle, """
                [{"x": [[[1,2,3],[4,5,6]]]}, {"x": [[[1,0,0],[0,0,0]]]}, {"x": [[[0,0,0],[0,0,0]]]}, {"x": [[[2,2,2],[2,2,2]]]}]
                """));
    }

    [Fact]
    public async Task A_graph_that_takes_one_row_at_a_time_scores_many_one_by_one()
    {
        var bundle = await BundleOf(graph => graph.Add("Identity", graph.InputOf("x", TensorElementType.Float, 1, 1)), "number");

        Assert.True(bundle.TakesOneRow);
        Assert.Equal([1, 2, 3], Score(bundle, """[{"x": 1}, {"x": 2}, {"x": 3}]"""));
    }

    [Fact]
    public async Task An_input_without_a_shape_takes_its_features_as_columns()
    {
        var bundle = await BundleOf(
            graph => graph.Add("Reshape", [graph.InputOf("x", TensorElementType.Float, null), graph.Constant([-1L, 1L])]), "number");

        Assert.Equal([1, 2, 3], Score(bundle, """[{"x": 1}, {"x": 2}, {"x": 3}]"""));
    }

    [Theory]
    [InlineData("[2, 3]", "[[1, 2, 3], [4, 5, 6]]")]
    [InlineData("[1, 2, 2]", "[[[1, 2], [4, 5]]]")]
    public async Task A_tensor_of_another_shape_than_the_graphs_is_a_fault(string shape, string example)
    {
        var exception = await Assert.ThrowsAsync<BundleException>(() => BundleOf(
            graph => graph.Add("Flatten", graph.InputOf("x", TensorElementType.Float, null, 1, 2, 3)),
            "tensor",
            manifest =>
            {
                manifest["features"]![0]!["shape"] = JsonNode.Parse(shape);
                manifest["features"]![0]!["example"] = JsonNode.Parse(example);
            },
            $$$"""{"input":{"x":{{{example}}}},"value":1}"""));

        Assert.Equal($"Takes [N, 1, 2, 3], but feature 'x' has the shape {shape}.", Assert.Single(exception.Faults).Message);
    }

    private async Task<Bundle> BundleOf(
        Func<GraphWriter, string> make,
        string type,
        Action<JsonObject>? edit = null,
        string golden = """{"input":{"x":1},"value":1}""")
    {
        var graph = new GraphWriter();
        graph.Output(make(graph), "value", TensorElementType.Float, 1);
        var bundle = _models.AddRegression("types", graph.ToBytes());
        bundle.EditManifest(manifest =>
        {
            manifest["features"]![0]!["type"] = type;
            edit?.Invoke(manifest);
        });
        bundle.Write("golden.jsonl", golden);
        return await new BundleReader().ReadAsync(bundle.Folder, CancellationToken.None);
    }

    private static float[] Score(Bundle bundle, string json)
    {
        var signature = bundle.Manifest.Signature;
        var (features, predictions, findings) = (new FeatureBatch(signature), new PredictionBatch(signature), new Findings());
        new JsonFeatureReader(signature, new ReadLimits()).Read(Encoding.UTF8.GetBytes(json), features, findings);
        Assert.Empty(findings.Errors);
        using var scorer = new OnnxRuntimeScorer(bundle);
        scorer.Score(features, predictions, CancellationToken.None);
        return predictions.Values.ToArray();
    }
}
