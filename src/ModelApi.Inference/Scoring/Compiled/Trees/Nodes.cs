namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>A node in the form that kernels walk: an interval of the ranks of a slot, and the distance to the children.</summary>
/// <remarks>
/// Ranks within the interval lead to the nearer child, others to the node right after it. The interval of a leaf holds every rank
/// and leads to the leaf itself.
/// </remarks>
internal interface INode<TSelf, TRank>
    where TSelf : unmanaged
    where TRank : unmanaged
{
    /// <summary>The offset of the slot's ranks among those of a group of rows.</summary>
    nuint Slot { get; }

    /// <summary>The interval's first rank.</summary>
    uint First { get; }

    /// <summary>The number of ranks in the interval after the first.</summary>
    uint Span { get; }

    /// <summary>The distance to the nearer child in nodes; zero in a leaf.</summary>
    uint Step { get; }

    static abstract uint Widen(TRank rank);

    static abstract TRank Narrow(int rank);

    static abstract TSelf Create(int slot, int first, int span, int step);
}

/// <summary>A node in eight bytes, so that a thousand trees of a thousand nodes fit the caches.</summary>
internal readonly struct SmallNode : INode<SmallNode, ushort>
{
    private readonly ushort _slot;
    private readonly ushort _first;
    private readonly ushort _span;
    private readonly ushort _step;

    private SmallNode(int slot, int first, int span, int step) =>
        (_slot, _first, _span, _step) = ((ushort)slot, (ushort)first, (ushort)span, (ushort)step);

    public nuint Slot => _slot;

    public uint First => _first;

    public uint Span => _span;

    public uint Step => _step;

    public static uint Widen(ushort rank) => rank;

    public static ushort Narrow(int rank) => (ushort)rank;

    public static SmallNode Create(int slot, int first, int span, int step) => new(slot, first, span, step);
}

/// <summary>A node for forests with more features, bounds, or nodes in one level than eight bytes can address.</summary>
internal readonly struct LargeNode : INode<LargeNode, int>
{
    private readonly int _slot;
    private readonly int _first;
    private readonly int _span;
    private readonly int _step;

    private LargeNode(int slot, int first, int span, int step) => (_slot, _first, _span, _step) = (slot, first, span, step);

    public nuint Slot => (nuint)_slot;

    public uint First => (uint)_first;

    public uint Span => (uint)_span;

    public uint Step => (uint)_step;

    public static uint Widen(int rank) => (uint)rank;

    public static int Narrow(int rank) => rank;

    public static LargeNode Create(int slot, int first, int span, int step) => new(slot, first, span, step);
}
