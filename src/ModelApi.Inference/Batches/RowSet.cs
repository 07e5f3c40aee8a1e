using System.Collections;

namespace ModelApi.Inference.Batches;

/// <summary>Rows of a request, in ascending order.</summary>
/// <remarks>One bit for each row up to the last: two bytes of JSON can make an invalid row.</remarks>
public sealed class RowSet : IReadOnlyCollection<int>
{
    private readonly BitArray _rows = new(0);

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>Whether a row is in the set.</summary>
    public bool Contains(int row) => row < _rows.Length && _rows[row];

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator()
    {
        for (var row = 0; row < _rows.Length; row++)
        {
            if (_rows[row])
            {
                yield return row;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(int row)
    {
        if (row >= _rows.Length)
        {
            _rows.Length = Math.Max(row + 1, _rows.Length * 2);
        }

        if (!_rows[row])
        {
            _rows[row] = true;
            Count++;
        }
    }

    internal void Clear()
    {
        _rows.Length = 0;
        Count = 0;
    }
}
