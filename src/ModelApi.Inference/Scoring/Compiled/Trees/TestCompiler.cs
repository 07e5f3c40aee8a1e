using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Turns the comparisons of nodes into tests of ranks, whatever happens to a feature before the trees see it.</summary>
/// <remarks>
/// Scaling and the like move into the bound, found to the last bit with the very function; imputation decides which way a missing
/// value goes; a comparison of a one-hot column becomes a test of the category.
/// </remarks>
internal sealed class TestCompiler(bool isDouble)
{
    // In the key of a slot: that a missing value is all that its interval holds.
    private const double NothingElse = double.PositiveInfinity;

    private readonly Dictionary<(int Feature, bool IsSingle), NumberColumn> _raw = [];
    private readonly Dictionary<Column, Dictionary<Split, Test>> _known = [];
    private readonly Dictionary<(Column Column, bool IsMissingHeld, double Above, double UpTo), NumberSlot> _numberSlots = [];
    private readonly Dictionary<CategorySource, CategorySlot> _categorySlots = [];
    private readonly Dictionary<(CategoryColumn Column, string Set), Slot> _orderSlots = [];
    private readonly Dictionary<CategoryColumn, (int[] Ranks, CategorySlot Slot)> _orders = [];
    private readonly List<Slot> _slots = [];
    private readonly Dictionary<Column, PlainNumber?> _plains = [];
    private Column? _plainColumn;
    private PlainNumber? _plain;
    private Column? _column;
    private Dictionary<Split, Test> _tests = [];

    /// <summary>All slots that tests use.</summary>
    public IReadOnlyList<Slot> Slots => _slots;

    public Test Compile(Column column, in TreeNode node)
    {
        // Nearly every node that looks at a number has a bound of its own, and what becomes of a missing value is clear.
        if (FindPlain(column) is { } plain)
        {
            var split = Split.Of(node, isDouble);
            split = split with { MissingIsTrue = split.Holds(plain.Missing) };
            return split.MissingIsTrue == split.IsInverted && !split.IsEmpty && plain.Slot is not null
                ? OfSlot(plain.Slot, split)
                : OfPlain(plain, split);
        }

        // Many nodes ask the same, above all those that look at one-hot columns.
        if (column != _column)
        {
            _column = column;
            if (!_known.TryGetValue(column, out _tests!))
            {
                _tests = [];
                _known.Add(column, _tests);
            }
        }

        var asked = Split.Of(node, isDouble);
        if (!_tests.TryGetValue(asked, out var test))
        {
            test = Compile(column, asked);
            _tests.Add(asked, test);
        }

        return test;
    }

    private Test Compile(Column column, Split split) => column switch
    {
        ConstantColumn constant => Test.Always(split.Holds(constant.Value)),
        CategoryColumn category => OfCategory(category, split),
        NumberColumn { Steps: [.., Equal equal] } mark => OfMark(mark, equal.Number, split),
        NumberColumn number => OfNumber(number, split),
        _ => OfInterval(column, null, split),
    };

    // One column of the one-hot vector of a number: whether the number is that one.
    private Test OfMark(NumberColumn column, double number, Split split)
    {
        var (isTrue, isElseTrue) = (split.Holds(1), split.Holds(0));
        if (isTrue == isElseTrue)
        {
            return Test.Always(isTrue);
        }

        // Where missing values become a number, they may be that one.
        var isWhole = column.Steps.Count > 1 && column.Steps[^2] is ToInteger;
        var before = new NumberColumn(column.Feature, column.IsSingle, [.. column.Steps.Take(column.Steps.Count - (isWhole ? 2 : 1))]);
        var missing = split.Holds(column.Evaluate(double.NaN));
        var equal = isWhole ? Split.OfWhole(number, missing) : new Split(Math.BitDecrement(number), number, false, missing);
        return number > -(1L << 62) ? OfNumber(before, equal with { IsInverted = isElseTrue }) : OfInterval(column, null, split);
    }

    private Test OfNumber(NumberColumn column, Split split)
    {
        if (FindPlain(column) is { } plain)
        {
            return OfPlain(plain, split with { MissingIsTrue = split.Holds(plain.Missing) });
        }

        var raw = FindRaw(column);
        var missing = split with { MissingIsTrue = split.Holds(column.Evaluate(double.NaN)) };
        var direction = column.Steps.Aggregate(1, (product, step) => product * step.Direction);
        if (direction == 0 || double.IsNaN(column.Evaluate(double.PositiveInfinity)) || double.IsNaN(column.Evaluate(double.NegativeInfinity)))
        {
            return OfInterval(column, null, split);
        }

        return OfInterval(raw, raw, direction > 0 ? Rising(column, missing) : Falling(column, missing));
    }

    private Test OfPlain(PlainNumber plain, Split split)
    {
        var test = OfInterval(plain.Raw, plain.Raw, split);
        plain.Slot ??= split.MissingIsTrue == split.IsInverted ? test.Slot as NumberSlot : null;
        return test;
    }

    private NumberColumn FindRaw(NumberColumn column)
    {
        if (!_raw.TryGetValue((column.Feature, column.IsSingle), out var raw))
        {
            raw = new NumberColumn(column.Feature, column.IsSingle, []);
            _raw.Add((column.Feature, column.IsSingle), raw);
        }

        return raw;
    }

    /// <returns>Null unless all that happens to the column is that missing values are replaced.</returns>
    private PlainNumber? FindPlain(Column column)
    {
        if (column == _plainColumn)
        {
            return _plain;
        }

        if (!_plains.TryGetValue(column, out var plain))
        {
            plain = column is NumberColumn number && number.Steps.All(step => step.KeepsNumbers)
                ? new PlainNumber(FindRaw(number), number.Evaluate(double.NaN))
                : null;
            _plains.Add(column, plain);
        }

        (_plainColumn, _plain) = (column, plain);
        return plain;
    }

    private static Split Rising(NumberColumn column, Split split)
    {
        if (split.IsEmpty)
        {
            return split;
        }

        var upTo = Ordinals.LastBefore(column, value => value > split.UpTo);
        var above = double.IsNaN(split.Above) ? double.NaN : Ordinals.LastBefore(column, value => value > split.Above);
        return split with { Above = above, UpTo = above >= upTo ? double.NaN : upTo };
    }

    // What is at most a bound lies above another one, and the other way round.
    private static Split Falling(NumberColumn column, Split split)
    {
        if (split.IsEmpty)
        {
            return split;
        }

        var above = Ordinals.LastBefore(column, value => value <= split.UpTo);
        if (!double.IsNaN(split.Above))
        {
            var upTo = Ordinals.LastBefore(column, value => value <= split.Above);
            return split with { Above = above, UpTo = above >= upTo ? double.NaN : upTo };
        }

        // Without an upper end: all but what is at most the lower one.
        return new Split(double.NaN, above, !split.IsInverted, split.MissingIsTrue);
    }

    /// <param name="column">What the interval is of.</param>
    /// <param name="raw">The same where it is a number of the request as it came.</param>
    /// <param name="split">The interval.</param>
    private Test OfInterval(Column column, NumberColumn? raw, Split split)
    {
        var isMissingHeld = split.MissingIsTrue != split.IsInverted;
        if (split.IsEmpty && !isMissingHeld)
        {
            return Test.Always(split.IsInverted);
        }

        // A missing value goes with the small numbers, or with none; for any other interval that holds it, it has a slot to itself.
        var isOwn = isMissingHeld && (split.IsEmpty || !double.IsNaN(split.Above));
        var key = split.IsEmpty ? (column, isMissingHeld, NothingElse, double.NaN)
            : isOwn ? (column, isMissingHeld, split.Above, split.UpTo)
            : (column, isMissingHeld, double.NaN, double.NaN);
        if (!_numberSlots.TryGetValue(key, out var slot))
        {
            slot = new NumberSlot(column, raw);
            _numberSlots.Add(key, slot);
            _slots.Add(slot);
        }

        if (split.IsEmpty)
        {
            // Nothing but a missing value: the one rank there is besides that of all numbers.
            return new Test(slot, false, split.IsInverted, double.NaN, double.NaN, 1, 1);
        }

        return OfSlot(slot, split);
    }

    private static Test OfSlot(NumberSlot slot, Split split)
    {
        slot.Learn(split.Above, split.UpTo);
        return new Test(slot, false, split.IsInverted, split.Above, split.UpTo, 0, 0);
    }

    private Test OfCategory(CategoryColumn column, Split split)
    {
        var table = column.Table;
        var isTrue = Array.ConvertAll(table, split.Holds);
        if (Array.TrueForAll(isTrue, holds => holds == isTrue[0]))
        {
            return Test.Always(isTrue[0]);
        }

        if (!_categorySlots.TryGetValue(column.Source, out var identity))
        {
            identity = new CategorySlot(column.Source, [.. Enumerable.Range(0, table.Length)]);
        }

        if (FindInterval(isTrue, identity) is { } test)
        {
            if (_categorySlots.TryAdd(column.Source, identity))
            {
                _slots.Add(identity);
            }

            return test;
        }

        return OfOrder(column, table, isTrue);
    }

    // Categories that became numbers, as an ordinal encoder's: in the order of those numbers, a comparison is an interval again.
    private Test OfOrder(CategoryColumn column, double[] table, bool[] isTrue)
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
                _slots.Add(order.Slot);
            }

            return test;
        }

        // A missing value that goes another way than the order says.
        var set = string.Concat(isTrue.Select(holds => holds ? '1' : '0'));
        if (!_orderSlots.TryGetValue((column, set), out var slot))
        {
            slot = new CategorySlot(column.Source, Array.ConvertAll(isTrue, holds => holds ? 0 : 1));
            _orderSlots.Add((column, set), slot);
            _slots.Add(slot);
        }

        return new Test(slot, false, false, double.NaN, double.NaN, 0, 0);
    }

    private static Test? FindInterval(bool[] isTrue, Slot slot)
    {
        foreach (var side in (ReadOnlySpan<bool>)[true, false])
        {
            var first = Array.IndexOf(isTrue, side);
            var last = Array.LastIndexOf(isTrue, side);
            if (!isTrue.AsSpan(first, last - first + 1).Contains(!side))
            {
                return new Test(slot, false, !side, double.NaN, double.NaN, first, last);
            }
        }

        return null;
    }

    /// <summary>Ends the learning: ranks are known from here on.</summary>
    public void Freeze()
    {
        foreach (var ((_, isMissingHeld, above, _), slot) in _numberSlots)
        {
            slot.Freeze(() => !isMissingHeld ? -1
                : above == NothingElse ? 1
                : double.IsNaN(above) ? 0
                : slot.RankOf(above) + 1);
        }
    }

    /// <param name="Raw">The number as it comes.</param>
    /// <param name="Missing">What the trees see of a missing one.</param>
    private sealed record PlainNumber(NumberColumn Raw, double Missing)
    {
        /// <summary>The slot of all nodes that a missing value does not pass as the numbers within their interval do; null before the first.</summary>
        public NumberSlot? Slot { get; set; }
    }
}
