namespace ModelApi.Inference.Scoring.Compiled.Text;

/// <summary>Sequences of tokens, each with a column, as a tree: the children of a node are the tokens that may follow.</summary>
internal sealed class NgramTree
{
    private readonly List<int> _columns = [-1];
    private readonly List<int> _first = [];
    private readonly Dictionary<long, int> _children = [];

    // The dictionary as a table of open addressing, which is quicker to search.
    private long[] _keys = [];
    private int[] _nodes = [];

    /// <summary>Adds a sequence.</summary>
    /// <returns>False if it is there already.</returns>
    public bool Add(ReadOnlySpan<int> tokens, int column)
    {
        var node = 0;
        foreach (var token in tokens)
        {
            ref var next = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                _children, Key(node, token), out var isKnown);
            if (!isKnown)
            {
                next = _columns.Count;
                _columns.Add(-1);
            }

            node = next;
        }

        var isNew = _columns[node] < 0;
        _columns[node] = isNew ? column : _columns[node];
        return isNew;
    }

    /// <summary>Ends the additions.</summary>
    /// <param name="tokens">The number of tokens.</param>
    public void Freeze(int tokens)
    {
        for (var token = 0; token < tokens; token++)
        {
            _first.Add(_children.GetValueOrDefault(Key(0, token), -1));
        }

        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * _children.Count) + 2);
        (_keys, _nodes) = (new long[size], new int[size]);
        Array.Fill(_keys, -1);
        foreach (var (key, node) in _children)
        {
            if (key >> 32 != 0)
            {
                var slot = Slot(key);
                while (_keys[slot] >= 0)
                {
                    slot = (slot + 1) & (size - 1);
                }

                (_keys[slot], _nodes[slot]) = (key, node);
            }
        }
    }

    /// <summary>The node behind a first token; negative if no sequence starts so.</summary>
    public int First(int token) => _first[token];

    /// <summary>The node behind a further token; negative if no sequence goes on so.</summary>
    public int Next(int node, int token)
    {
        var key = Key(node, token);
        for (var slot = Slot(key); _keys[slot] >= 0; slot = (slot + 1) & (_keys.Length - 1))
        {
            if (_keys[slot] == key)
            {
                return _nodes[slot];
            }
        }

        return -1;
    }

    /// <summary>The column of the sequence that ends at a node; negative for none.</summary>
    public int Column(int node) => _columns[node];

    private static long Key(int node, int token) => ((long)node << 32) | (uint)token;

    private int Slot(long key) => (int)((ulong)(key * -7046029254386353131L) >> 40) & (_keys.Length - 1);
}
