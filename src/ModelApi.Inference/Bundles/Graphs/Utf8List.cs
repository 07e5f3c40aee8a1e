using System.Text;

namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>Texts as slices of the bytes that they were read from. A forest has one for each node, so none is decoded.</summary>
internal sealed class Utf8List
{
    private byte[] _bytes = [];
    private int[] _bounds = [];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _bytes.AsSpan(_bounds[2 * index], _bounds[(2 * index) + 1] - _bounds[2 * index]);
        }
    }

    /// <summary>Adds a text.</summary>
    /// <param name="bytes">The same array for all texts.</param>
    /// <param name="start">The index of the text's first byte.</param>
    /// <param name="end">The index after its last byte.</param>
    public void Add(byte[] bytes, int start, int end)
    {
        _bytes = bytes;
        if (2 * Count == _bounds.Length)
        {
            var longer = new int[Math.Max(8, 4 * Count)];
            Array.Copy(_bounds, longer, 2 * Count);
            _bounds = longer;
        }

        _bounds[2 * Count] = start;
        _bounds[(2 * Count) + 1] = end;
        Count++;
    }

    public string[] ToTexts()
    {
        var texts = new string[Count];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = Encoding.UTF8.GetString(this[i]);
        }

        return texts;
    }
}
