using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Turns comparisons of columns that follow from a text feature into tests of the category.</summary>
/// <param name="slots">Receives the slots of the tests.</param>
internal sealed class CategoryTestCompiler(List<Slot> slots)
{
    private readonly Dictionary<CategorySource, CategorySlot> _identities = [];
    private readonly Dictionary<(CategoryColumn Column, string Set), Slot> _orderSlots = [];
    private readonly Dictionary<CategoryColumn, (int[] Ranks, CategorySlot Slot)> _orders = [];

    /// <summary>The test of a branch that compares a category's number.</summary>
    public RankTest Compile(CategoryColumn column, Split split)
    {
        var table = column.Table;
        var isTrue = Array.ConvertAll(table, split.Holds);
        if (Array.TrueForAll(isTrue, holds => holds == isTrue[0]))
        {
            return RankTest.Always(isTrue[0]);
        }

        if (!_identities.TryGetValue(column.Source, out var identity))
        {
            identity = new CategorySlot(column.Source, [.. Enumerable.Range(0, table.Length)]);
        }

        if (FindInterval(isTrue, identity) is { } test)
        {
            if (_identities.TryAdd(column.Source, identity))
            {
                slots.Add(identity);
            }

            return test;
        }

        return OfOrder(column, table, isTrue);
    }

    // Ordinal encoding: in the order of the encoder's numbers, a comparison is an interval again.
    private RankTest OfOrder(CategoryColumn column, double[] table, bool[] isTrue)
    {
        if (!_orders.TryGetValue(column, out var order))
        {
            double[] distinct = [.. table.Distinct().Order()];
            var ranks = Array.ConvertAll(table, value => Array.BinarySearch(distinct, value));
            order = (ranks, new CategorySlot(column.Source, ranks));
            _orders.Add(column, order);
        }

        var isRankTrue = new bool[order.Ranks.Max() + 1];
        for (var place = 0; place < table.Length; place++)
        {
            isRankTrue[order.Ranks[place]] = isTrue[place];
        }

        if (FindInterval(isRankTrue, order.Slot) is { } test)
        {
            if (_orderSlots.TryAdd((column, ""), order.Slot))
            {
                slots.Add(order.Slot);
            }

            return test;
        }

        // A missing value out of order: only a slot of this very set can tell.
        var set = string.Concat(isTrue.Select(holds => holds ? '1' : '0'));
        if (!_orderSlots.TryGetValue((column, set), out var slot))
        {
            slot = new CategorySlot(column.Source, Array.ConvertAll(isTrue, holds => holds ? 0 : 1));
            _orderSlots.Add((column, set), slot);
            slots.Add(slot);
        }

        return new RankTest(slot, false, false, double.NaN, double.NaN, 0, 0);
    }

    private static RankTest? FindInterval(bool[] isTrue, Slot slot)
    {
        foreach (var side in (ReadOnlySpan<bool>)[true, false])
        {
            var first = Array.IndexOf(isTrue, side);
            var last = Array.LastIndexOf(isTrue, side);
            if (!isTrue.AsSpan(first, last - first + 1).Contains(!side))
            {
                return new RankTest(slot, false, !side, double.NaN, double.NaN, first, last);
            }
        }

        return null;
    }
}
