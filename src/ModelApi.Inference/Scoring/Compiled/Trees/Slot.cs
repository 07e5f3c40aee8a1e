using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>An input of a forest: a column as ranks, ordered such that each node's test is one interval of ranks.</summary>
internal abstract class Slot
{
    /// <summary>The slot's index in the forest.</summary>
    public int Place { get; set; }

    /// <summary>The number of ranks.</summary>
    public abstract int Size { get; }

    /// <summary>Reads the rows of a block.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="ranks">Receives one rank per row.</param>
    public abstract void Read(Block block, Span<int> ranks);

    /// <summary>Reads the only row of a block.</summary>
    public abstract int ReadRow(Block block);
}

/// <summary>A number as its rank among the bounds of the nodes that compare it.</summary>
internal sealed class NumberSlot(Column column, NumberColumn? raw) : Slot
{
    private readonly List<double> _bounds = [];
    private readonly int _feature = raw?.Feature ?? -1;
    private double[] _wide = [];
    private int _missing = -1;

    // Where the feature itself is compared, and both it and the bounds have 32 bits.
    private FloatBounds? _narrow;

    public override int Size => _bounds.Count + 2;

    /// <summary>Adds the bounds of an interval.</summary>
    public void Learn(double above, double upTo)
    {
        Learn(above);
        Learn(upTo);
    }

    /// <summary>Ends the learning, after which ranks are known.</summary>
    /// <param name="missing">Returns the rank of a missing value once the bounds are known; negative for a rank in no interval.</param>
    public void Freeze(Func<int> missing)
    {
        _bounds.Sort();
        var distinct = 0;
        for (var i = 0; i < _bounds.Count; i++)
        {
            if (i == 0 || _bounds[i] != _bounds[distinct - 1])
            {
                _bounds[distinct++] = _bounds[i];
            }
        }

        _bounds.RemoveRange(distinct, _bounds.Count - distinct);

        // Padded to a power of two minus one with NaN, which no number exceeds, so that every search takes the same steps.
        var length = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_bounds.Count + 1) - 1;
        _wide = new double[length];
        Array.Fill(_wide, double.NaN);
        _bounds.CopyTo(_wide);
        if (raw is { IsSingle: true } && _bounds.TrueForAll(bound => (float)bound == bound))
        {
            _narrow = new FloatBounds(_wide, _bounds.Count);
        }

        _missing = missing();
    }

    /// <summary>The number of bounds below a bound.</summary>
    public int RankOf(double bound) => Rank(_wide, bound);

    public override void Read(Block block, Span<int> ranks)
    {
        var values = block.Scratch.AsSpan(0, ranks.Length);
        if (raw is null)
        {
            column.Read(block, values);
        }
        else
        {
            block.Numbers(raw.Feature).CopyTo(values);
        }

        if (_narrow is { } narrow)
        {
            for (var row = 0; row < ranks.Length; row++)
            {
                var value = (float)values[row];
                ranks[row] = float.IsNaN(value) ? _missing : narrow.Rank(value);
            }

            return;
        }

        for (var row = 0; row < ranks.Length; row++)
        {
            var value = raw is { IsSingle: true } ? (float)values[row] : values[row];
            ranks[row] = double.IsNaN(value) ? _missing : Rank(_wide, value);
        }
    }

    public override int ReadRow(Block block)
    {
        if (_narrow is { } narrow)
        {
            var single = (float)block.Number(_feature);
            return float.IsNaN(single) ? _missing : narrow.Rank(single);
        }

        var value = ReadNumber(block);
        return double.IsNaN(value) ? _missing : Rank(_wide, value);
    }

    private double ReadNumber(Block block)
    {
        if (raw is not null)
        {
            return raw.IsSingle ? (float)block.Number(_feature) : block.Number(_feature);
        }

        var values = block.Scratch.AsSpan(0, 1);
        column.Read(block, values);
        return values[0];
    }

    private void Learn(double bound)
    {
        if (!double.IsNaN(bound))
        {
            // 0 and -0 are equal.
            _bounds.Add(bound == 0 ? 0 : bound);
        }
    }

    // Branch-free binary search.
    private static int Rank(double[] bounds, double value)
    {
        var rank = 0;
        for (var step = (bounds.Length + 1) >> 1; step > 0; step >>= 1)
        {
            rank += step & -(bounds[rank + step - 1] < value ? 1 : 0);
        }

        return rank;
    }
}

/// <summary>A text feature as the rank of its category.</summary>
/// <param name="source">The feature.</param>
/// <param name="ranks">The rank of each of its places.</param>
internal sealed class CategorySlot(CategorySource source, int[] ranks) : Slot
{
    public override int Size => ranks.Max() + 1;

    public override void Read(Block block, Span<int> destination)
    {
        var places = block.Places(source);
        for (var row = 0; row < destination.Length; row++)
        {
            destination[row] = ranks[places[row]];
        }
    }

    public override int ReadRow(Block block) => ranks[block.Place(source)];
}
