using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Packing;

/// <summary>What becomes a text of any kind, and what a category.</summary>
public sealed class TextTests : IDisposable
{
    private static readonly string[] Words = ["good", "bad"];
    private static readonly float[] Signs = [1, -1];

    private readonly Packing _packing = new();

    public void Dispose() => _packing.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_text_that_the_graph_takes_apart_is_free_even_where_the_reference_holds_few(bool reshapes)
    {
        var graph = new GraphWriter();
        var text = graph.Input("text", TensorElementType.String);
        text = reshapes ? graph.Add("Reshape", [text, graph.Constant([-1L], 1)]) : graph.Add("Flatten", text, ("axis", 1L));
        text = graph.Add("Reshape", [text, graph.Constant([-1L], 1)]);
        var lower = graph.Add("StringNormalizer", text, ("case_change_action", "LOWER"), ("locale", "C"));
        var isGood = graph.Add("LabelEncoder", lower, ("keys_strings", Words), ("values_floats", Signs));
        graph.Output(
            graph.Add("Reshape", [isGood, graph.Constant([-1L, 1], 2)]), "value", TensorElementType.Float, 1);
        var rows = string.Join('\n', Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? "Good,1" : "bad,-1"));

        var packed = await _packing.PackAsync(
            graph.ToBytes(), $"text,y\n{rows}\n",
            "{\"input\":{\"text\":\"Good\"},\"value\":1}\n{\"input\":{\"text\":\"bad\"},\"value\":-1}");

        var feature = packed.Manifest["features"]![0]!.AsObject();
        Assert.Equal("string", (string?)feature["type"]);
        Assert.False(feature.ContainsKey("categories"), feature.ToJsonString());
    }

    [Fact]
    public async Task A_text_that_an_encoder_maps_stays_a_category()
    {
        var graph = new GraphWriter();
        var encoded = graph.Add(
            "LabelEncoder", graph.Input("text", TensorElementType.String),
            ("keys_strings", Words), ("values_floats", Signs));
        graph.Output(encoded, "value", TensorElementType.Float, 1);
        var rows = string.Join('\n', Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? "good,1" : "bad,-1"));

        var packed = await _packing.PackAsync(
            graph.ToBytes(), $"text,y\n{rows}\n", """{"input":{"text":"good"},"value":1}""");

        Assert.Equal("""["good","bad"]""", packed.Manifest["features"]![0]!["categories"]!.ToJsonString());
    }
}
