namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>Rows of a matrix most of which is zero: the places of the other values, in any order, and the values.</summary>
/// <remarks>Grows to the largest block that it ever held, and is kept.</remarks>
internal class SparseRows(int rows) : StageMemory
{
    private readonly int[] _ends = new int[rows + 1];
    private int[] _places = new int[64];
    private double[] _values = new double[64];
    private int _rows;
    private int _count;

    /// <summary>The columns of a row whose values are given; the others are zero.</summary>
    public ReadOnlySpan<int> Places(int row) => _places.AsSpan(_ends[row], _ends[row + 1] - _ends[row]);

    /// <summary>The values at <see cref="Places"/>.</summary>
    public Span<double> Values(int row) => _values.AsSpan(_ends[row], _ends[row + 1] - _ends[row]);

    public void Clear() => (_rows, _count) = (0, 0);

    /// <summary>Appends a value to the row that is being written.</summary>
    public void Add(int place, double value)
    {
        if (_count == _places.Length)
        {
            Array.Resize(ref _places, 2 * _count);
            Array.Resize(ref _values, 2 * _count);
        }

        (_places[_count], _values[_count]) = (place, value);
        _count++;
    }

    /// <summary>Ends the row that is being written.</summary>
    public void EndRow() => _ends[++_rows] = _count;
}
