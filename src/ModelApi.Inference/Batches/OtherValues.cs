using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>The values of one output that is returned as it is, row after row, <c>[rows × Width]</c>.</summary>
/// <remarks>Not thread-safe. Only the list of the output's own type holds values. The arrays grow and are kept.</remarks>
public sealed class OtherValues(OtherOutput output)
{
    private float[] _floats = [];
    private double[] _doubles = [];
    private long[] _integers = [];
    private string[] _texts = [];
    private int _count;

    /// <summary>The output.</summary>
    public OtherOutput Output { get; } = output;

    /// <summary>How many values a row has.</summary>
    public int Width { get; private set; } = output.Width ?? 0;

    /// <summary>The values, where they are 32-bit floats.</summary>
    public Span<float> Floats => _floats.AsSpan(0, Output.Kind == OtherKind.Float ? _count : 0);

    /// <summary>The values, where they are 64-bit floats.</summary>
    public Span<double> Doubles => _doubles.AsSpan(0, Output.Kind == OtherKind.Double ? _count : 0);

    /// <summary>The values, where they are whole numbers, or booleans as 0 and 1.</summary>
    public Span<long> Integers => _integers.AsSpan(0, Output.Kind is OtherKind.Integer or OtherKind.Boolean ? _count : 0);

    /// <summary>The values, where they are texts.</summary>
    public Span<string> Texts => _texts.AsSpan(0, Output.Kind == OtherKind.Text ? _count : 0);

    /// <summary>Makes room for rows of that many values; what was there is undefined unless the width is the same.</summary>
    public void Resize(int rows, int width)
    {
        Width = width;
        _count = checked(rows * width);
        switch (Output.Kind)
        {
            case OtherKind.Float:
                Grow(ref _floats);
                break;
            case OtherKind.Double:
                Grow(ref _doubles);
                break;
            case OtherKind.Text:
                Grow(ref _texts);
                break;
            default:
                Grow(ref _integers);
                break;
        }
    }

    /// <summary>Copies some rows over those of another list of the same output, or of this one.</summary>
    internal void CopyRowsTo(OtherValues destination, int first, int at, int rows)
    {
        var (start, end, count) = (first * Width, at * Width, rows * Width);
        switch (Output.Kind)
        {
            case OtherKind.Float:
                _floats.AsSpan(start, count).CopyTo(destination._floats.AsSpan(end, count));
                break;
            case OtherKind.Double:
                _doubles.AsSpan(start, count).CopyTo(destination._doubles.AsSpan(end, count));
                break;
            case OtherKind.Text:
                _texts.AsSpan(start, count).CopyTo(destination._texts.AsSpan(end, count));
                break;
            default:
                _integers.AsSpan(start, count).CopyTo(destination._integers.AsSpan(end, count));
                break;
        }
    }

    private void Grow<T>(ref T[] array)
    {
        if (array.Length < _count)
        {
            // Blocks of rows are written one after the other, so what is there stays.
            Array.Resize(ref array, Math.Max(_count, array.Length * 2));
        }
    }
}
