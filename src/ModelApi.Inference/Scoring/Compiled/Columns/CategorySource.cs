using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A text feature as places in a list: first the manifest's categories, then the texts that only a graph names.</summary>
/// <remarks>Place 0 stands for any other text. A missing text counts as the empty one, as it does for ONNX Runtime.</remarks>
internal sealed class CategorySource(int feature, CategoryTable? categories)
{
    private readonly Dictionary<string, int> _extra = new(StringComparer.Ordinal);
    private readonly int _known = categories?.Names.Count ?? 0;
    private int _missing = categories?.CodeOf("") is { } code and not CategoryTable.Unknown ? code + 1 : 0;

    /// <summary>The feature's index.</summary>
    public int Feature { get; } = feature;

    /// <summary>The number of places.</summary>
    public int Places => 1 + _known + _extra.Count;

    /// <summary>Adds a place for a text that a graph distinguishes.</summary>
    public void Learn(string text)
    {
        if (categories?.CodeOf(text) is null or CategoryTable.Unknown && _extra.TryAdd(text, Places) && text.Length == 0)
        {
            _missing = _extra[text];
        }
    }

    /// <summary>The place of a learned text.</summary>
    public int PlaceOf(string text) => categories?.CodeOf(text) is { } code and not CategoryTable.Unknown ? code + 1 : _extra[text];

    /// <summary>The place of one row.</summary>
    public int Read(FeatureBatch features, int row)
    {
        var code = features.Code(row, Feature);
        return code != CategoryTable.Unknown ? code + 1
            : _extra.Count == 0 && _missing == 0 ? 0
            : features.Texts(Feature)[row] is { } text ? _extra.GetValueOrDefault(text)
            : _missing;
    }

    /// <summary>The places of consecutive rows.</summary>
    public void Read(FeatureBatch features, int start, Span<int> places)
    {
        var codes = features.Codes(Feature).Slice(start, places.Length);
        if (_extra.Count == 0 && _missing == 0)
        {
            for (var row = 0; row < places.Length; row++)
            {
                places[row] = codes[row] + 1;
            }

            return;
        }

        var texts = features.Texts(Feature).Slice(start, places.Length);
        for (var row = 0; row < places.Length; row++)
        {
            places[row] = codes[row] != CategoryTable.Unknown ? codes[row] + 1
                : texts[row] is { } text ? _extra.GetValueOrDefault(text)
                : _missing;
        }
    }
}
