using Google.Protobuf;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>
/// Joins what ML.NET makes of a one-hot encoder, a LabelEncoder of texts to 1, 2, 3… and a OneHotEncoder of those numbers, into one
/// encoder of texts. An unknown text gave 0 and so no column, and gives no column.
/// </summary>
internal static class OneHotTexts
{
    public static void Join(OnnxGraph graph)
    {
        foreach (var encoder in graph.Node.Where(node => node.OpType == "OneHotEncoder").ToList())
        {
            var source = Source(graph, encoder.Input[0]);
            while (source is { OpType: "Cast" })
            {
                source = Source(graph, source.Input[0]);
            }

            var attributes = Read(encoder);
            if (source is { OpType: "LabelEncoder" }
                && Read(source) is var labels
                && labels.GetValueOrDefault("keys_strings") is { Strings: var texts }
                && labels.GetValueOrDefault("values_int64s") is { Ints: var values }
                && (labels.GetValueOrDefault("default_int64")?.I ?? 0) == 0
                && attributes.GetValueOrDefault("cats_int64s") is { Ints: var categories }
                && (attributes.GetValueOrDefault("zeros")?.I ?? 1) != 0
                && values.SequenceEqual(categories)
                && values.Count == texts.Count
                && values.All(value => value > 0)
                && texts.Distinct().Count() == texts.Count)
            {
                encoder.Input[0] = source.Input[0];
                encoder.Attribute.Clear();
                encoder.Attribute.Add(new OnnxAttribute { Name = "cats_strings", Type = 8, Strings = { texts } }.ToByteString());
                encoder.Attribute.Add(new OnnxAttribute { Name = "zeros", Type = 2, I = 1 }.ToByteString());
            }
        }
    }

    private static OnnxNode? Source(OnnxGraph graph, string value) => graph.Node.FirstOrDefault(node => node.Output.Contains(value));

    private static Dictionary<string, OnnxAttribute> Read(OnnxNode node) => node.Attribute
        .Select(OnnxAttribute.Parser.WithDiscardUnknownFields(true).ParseFrom)
        .ToDictionary(attribute => attribute.Name, StringComparer.Ordinal);
}
