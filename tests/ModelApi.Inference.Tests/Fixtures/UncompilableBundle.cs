using Google.Protobuf;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>A model that ships, with an operator in its graph that changes nothing and that the compiled engine does not know.</summary>
internal static class UncompilableBundle
{
    public const string Operator = "Tile";

    public static async Task<Bundle> ReadAsync()
    {
        var folder = Path.Combine(Repository.Models, "breast-cancer", "1");
        var bundle = await new BundleReader().ReadAsync(folder, CancellationToken.None);
        var step = bundle.Steps[^1];
        var model = OnnxModel.Parser.ParseFrom(step.Graph.Content);
        var graph = model.Graph;
        var answer = bundle.Manifest.Outputs.Probabilities!;
        foreach (var producer in graph.Node)
        {
            if (producer.Output.IndexOf(answer) is var output and >= 0)
            {
                producer.Output[output] = "once";
            }
        }

        var repeats = new OnnxTensor { Name = "repeats", DataType = 7, Dims = { 2 }, Int64Data = { 1, 1 } };
        graph.Initializer.Add(repeats);
        graph.Node.Add(new OnnxNode { OpType = Operator, Input = { "once", repeats.Name }, Output = { answer } });
        return bundle with { Steps = [.. bundle.Steps.SkipLast(1), step with { Graph = step.Graph with { Content = model.ToByteArray() } }] };
    }
}
