using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Turns the comparisons of nodes into tests of ranks of the features themselves.</summary>
/// <remarks>
/// Scaling and the like move into the bound, which is searched to the last bit with the graph's own arithmetic. Imputation decides
/// which child a missing value goes to. A comparison of a one-hot column becomes a test of the category.
/// </remarks>
internal sealed class RankTestCompiler
{
    // In the key of a slot: its interval holds missing values only.
    private const double NothingElse = double.PositiveInfinity;

    private readonly bool _isDouble;
    private readonly Dictionary<(int Feature, bool IsSingle), NumberColumn> _raw = [];
    private readonly Dictionary<Column, Dictionary<Split, RankTest>> _known = [];
    private readonly Dictionary<(Column Column, bool IsMissingHeld, double Above, double UpTo), NumberSlot> _numberSlots = [];
    private readonly List<Slot> _slots = [];
    private readonly CategoryTestCompiler _categories;
    private readonly Dictionary<Column, PlainNumber?> _plains = [];
    private Column? _plainColumn;
    private PlainNumber? _plain;
    private Column? _column;
    private Dictionary<Split, RankTest> _tests = [];

    /// <param name="isDouble">Whether the trees compare 64-bit floats.</param>
    public RankTestCompiler(bool isDouble)
    {
        _isDouble = isDouble;
        _categories = new CategoryTestCompiler(_slots);
    }

    /// <summary>The slots of all tests.</summary>
    public IReadOnlyList<Slot> Slots => _slots;

    /// <summary>The test of one branch.</summary>
    public RankTest Compile(Column column, in TreeNode node)
    {
        // The usual case: nearly every node that compares a number has a bound of its own, so there is nothing to look up.
        if (FindPlain(column) is { } plain)
        {
            var split = Split.Of(node, _isDouble);
            split = split with { MissingIsTrue = split.Holds(plain.Missing) };
            return split.MissingIsTrue == split.IsInverted && !split.IsEmpty && plain.Slot is not null
                ? OfSlot(plain.Slot, split)
                : OfPlain(plain, split);
        }

        // Many nodes share a comparison, above all of one-hot columns.
        if (column != _column)
        {
            _column = column;
            if (!_known.TryGetValue(column, out _tests!))
            {
                _tests = [];
                _known.Add(column, _tests);
            }
        }

        var asked = Split.Of(node, _isDouble);
        if (!_tests.TryGetValue(asked, out var test))
        {
            test = Compile(column, asked);
            _tests.Add(asked, test);
        }

        return test;
    }

    private RankTest Compile(Column column, Split split) => column switch
    {
        ConstantColumn constant => RankTest.Always(split.Holds(constant.Value)),
        CategoryColumn category => _categories.Compile(category, split),
        NumberColumn { Steps: [.., Equal equal] } mark => OfMark(mark, equal.Number, split),
        NumberColumn number => OfNumber(number, split),
        _ => OfInterval(column, null, split),
    };

    // A column of a number's one-hot vector: tests whether the number equals the column's.
    private RankTest OfMark(NumberColumn column, double number, Split split)
    {
        var (isTrue, isElseTrue) = (split.Holds(1), split.Holds(0));
        if (isTrue == isElseTrue)
        {
            return RankTest.Always(isTrue);
        }

        // An imputed value may equal the column's number.
        var isWhole = column.Steps.Count > 1 && column.Steps[^2] is ToInteger;
        var before = new NumberColumn(column.Feature, column.IsSingle, [.. column.Steps.Take(column.Steps.Count - (isWhole ? 2 : 1))]);
        var missing = split.Holds(column.Evaluate(double.NaN));
        var equal = isWhole ? Split.OfWhole(number, missing) : new Split(Math.BitDecrement(number), number, false, missing);
        return number > -(1L << 62) ? OfNumber(before, equal with { IsInverted = isElseTrue }) : OfInterval(column, null, split);
    }

    private RankTest OfNumber(NumberColumn column, Split split)
    {
        if (FindPlain(column) is { } plain)
        {
            return OfPlain(plain, split with { MissingIsTrue = split.Holds(plain.Missing) });
        }

        var raw = FindRaw(column);
        var missing = split with { MissingIsTrue = split.Holds(column.Evaluate(double.NaN)) };
        var direction = column.Steps.Aggregate(1, (product, step) => product * step.Direction);
        if (direction == 0
            || double.IsNaN(column.Evaluate(double.PositiveInfinity))
            || double.IsNaN(column.Evaluate(double.NegativeInfinity)))
        {
            return OfInterval(column, null, split);
        }

        return OfInterval(raw, raw, direction > 0 ? Rising(column, missing) : Falling(column, missing));
    }

    private RankTest OfPlain(PlainNumber plain, Split split)
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

    /// <returns>Null if any step changes numbers that are not missing.</returns>
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

    // A decreasing function exchanges the ends of an interval.
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

        // No upper end: everything except the numbers up to the lower one.
        return new Split(double.NaN, above, !split.IsInverted, split.MissingIsTrue);
    }

    /// <param name="column">The column to rank.</param>
    /// <param name="raw">The same column if it is a feature without steps, else null.</param>
    /// <param name="split">The interval.</param>
    private RankTest OfInterval(Column column, NumberColumn? raw, Split split)
    {
        var isMissingHeld = split.MissingIsTrue != split.IsInverted;
        if (split.IsEmpty && !isMissingHeld)
        {
            return RankTest.Always(split.IsInverted);
        }

        // A missing value ranks below all numbers, or in no interval at all; any other interval with it needs a slot of its own.
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
            // Missing values only: such a slot ranks every number 0 and a missing value 1.
            return new RankTest(slot, false, split.IsInverted, double.NaN, double.NaN, 1, 1);
        }

        return OfSlot(slot, split);
    }

    private static RankTest OfSlot(NumberSlot slot, Split split)
    {
        slot.Learn(split.Above, split.UpTo);
        return new RankTest(slot, false, split.IsInverted, split.Above, split.UpTo, 0, 0);
    }

    /// <summary>Ends the compilation, after which ranks are known.</summary>
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

    /// <param name="Raw">The feature without steps.</param>
    /// <param name="Missing">The value that the trees see for a missing one.</param>
    private sealed record PlainNumber(NumberColumn Raw, double Missing)
    {
        /// <summary>The slot of nodes whose interval does not hold missing values; null before the first such node.</summary>
        public NumberSlot? Slot { get; set; }
    }
}
