using System.Text;
using ModelApi.Inference.Bundles.Onnx;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>The categories and policies of the encoders in a bundle's graphs.</summary>
internal sealed class Encoders
{
    // Operators that pass on a single column unchanged.
    private static readonly string[] Transparent =
        ["Identity", "Reshape", "Gather", "ArrayFeatureExtractor", "Squeeze", "Unsqueeze", "Flatten", "Cast"];

    // Texts that scikit-learn's encoders write for a missing value: str(numpy.nan) and str(None).
    private static readonly string[] MissingNames = ["nan", "None"];

    // Operators that take texts apart, of which a new one is as good as a known one.
    private static readonly string[] OfTexts = ["StringNormalizer", "Tokenizer", "TfIdfVectorizer", "StringSplit"];

    private readonly Dictionary<string, IReadOnlyList<string>> _categories = new(StringComparer.Ordinal);
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    public Encoders(IEnumerable<byte[]> graphs)
    {
        foreach (var graph in graphs.Select(content => OnnxModel.Parser.WithDiscardUnknownFields(true).ParseFrom(content).Graph))
        {
            // Of an input with several columns, an encoder may read any.
            var sources = graph.Input.Where(IsOneColumn).ToDictionary(input => input.Name, input => input.Name, StringComparer.Ordinal);
            FindTexts(graph);
            foreach (var node in graph.Node)
            {
                AddsLogarithms |= node.OpType == "ReduceLogSumExp";
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
                else if (node.OpType == "LabelEncoder")
                {
                    ReadOrdinal(node, source);
                }
            }
        }
    }

    private void FindTexts(OnnxGraph graph)
    {
        var sources = graph.Input.ToDictionary(input => input.Name, string[] (input) => [input.Name], StringComparer.Ordinal);
        foreach (var node in graph.Node)
        {
            string[] from = [.. node.Input.SelectMany(input => sources.GetValueOrDefault(input) ?? []).Distinct()];
            if (OfTexts.Contains(node.OpType))
            {
                _texts.UnionWith(from);
            }
            else if (from.Length > 0 && (Transparent.Contains(node.OpType) || node.OpType is "Concat" or "Split" or "Slice"))
            {
                foreach (var output in node.Output)
                {
                    sources[output] = from;
                }
            }
        }
    }

    private static bool IsOneColumn(OnnxValueInfo input) =>
        input.Type?.TensorType?.Shape is not { Dim.Count: 2 } shape || shape.Dim[1].DimValue is 0 or 1;

    /// <summary>Whether a graph adds logarithms, as naive Bayes does.</summary>
    public bool AddsLogarithms { get; }

    /// <summary>Encode as missing, if any encoder turns an unknown category into zeros.</summary>
    public UnknownCategory UnknownCategory { get; private set; } = UnknownCategory.Reject;

    /// <summary>The categories of a graph input that goes into an encoder, or null.</summary>
    public IReadOnlyList<string>? CategoriesOf(string input) => _categories.GetValueOrDefault(input);

    /// <summary>Whether a graph input goes into an operator that takes texts apart.</summary>
    public bool TakesText(string input) => _texts.Contains(input);

    /// <summary>The category that an encoder has for missing values, or null.</summary>
    public string? MissingCategoryOf(string input) => CategoriesOf(input)?.FirstOrDefault(MissingNames.Contains);

    // An ordinal encoder; one that writes texts is the label of a classifier. What it does with others is not in the graph.
    private void ReadOrdinal(OnnxNode node, string source)
    {
        var attributes = node.Attribute.Select(OnnxAttribute.Parser.WithDiscardUnknownFields(true).ParseFrom).ToList();
        if (attributes.FirstOrDefault(attribute => attribute.Name == "keys_strings") is { Strings.Count: > 1 } keys)
        {
            _categories.TryAdd(source, [.. keys.Strings.Select(bytes => bytes.ToString(Encoding.UTF8))]);
        }
    }

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
