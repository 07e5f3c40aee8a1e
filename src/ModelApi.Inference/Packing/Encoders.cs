using System.Text;
using ModelApi.Inference.Bundles.Onnx;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>The categories and policies of the one-hot encoders in a bundle's graphs.</summary>
internal sealed class Encoders
{
    // Operators that pass on a single column unchanged.
    private static readonly string[] Transparent =
        ["Identity", "Reshape", "Gather", "ArrayFeatureExtractor", "Squeeze", "Unsqueeze", "Flatten", "Cast"];

    private readonly Dictionary<string, IReadOnlyList<string>> _categories = new(StringComparer.Ordinal);

    public Encoders(IEnumerable<byte[]> graphs)
    {
        foreach (var graph in graphs.Select(content => OnnxModel.Parser.WithDiscardUnknownFields(true).ParseFrom(content).Graph))
        {
            var sources = graph.Input.ToDictionary(input => input.Name, input => input.Name, StringComparer.Ordinal);
            foreach (var node in graph.Node)
            {
                if (node.Input.Count == 0 || !sources.TryGetValue(node.Input[0], out var source))
                {
                    continue;
                }

                if (Transparent.Contains(node.OpType) && node.Output.Count > 0)
                {
                    sources[node.Output[0]] = source;
                }
                else if (node.OpType == "OneHotEncoder")
                {
                    Read(node, source);
                }
            }
        }
    }

    /// <summary>Encode as missing, if any encoder turns an unknown category into zeros.</summary>
    public UnknownCategory UnknownCategory { get; private set; } = UnknownCategory.Reject;

    /// <summary>The categories of a graph input that goes into an encoder, or null.</summary>
    public IReadOnlyList<string>? CategoriesOf(string input) => _categories.GetValueOrDefault(input);

    private void Read(OnnxNode node, string source)
    {
        var attributes = node.Attribute.Select(OnnxAttribute.Parser.WithDiscardUnknownFields(true).ParseFrom).ToList();
        if (attributes.FirstOrDefault(attribute => attribute.Name == "cats_strings") is { } categories)
        {
            _categories[source] = [.. categories.Strings.Select(bytes => bytes.ToString(Encoding.UTF8))];
        }

        // The default of ONNX-ML's OneHotEncoder encodes unknown categories as zeros.
        if (attributes.FirstOrDefault(attribute => attribute.Name == "zeros") is null or { I: not 0 })
        {
            UnknownCategory = UnknownCategory.EncodeAsMissing;
        }
    }
}
