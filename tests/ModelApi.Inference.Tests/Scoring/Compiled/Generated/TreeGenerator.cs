namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Makes trees up over columns whose values are known, so that inputs meet thresholds.</summary>
internal sealed class TreeGenerator
{
    private static readonly string[] Modes = ["LEQ", "LT", "GTE", "GT", "EQ", "NEQ"];
    private static readonly double[] Unusual =
        [double.PositiveInfinity, double.NegativeInfinity, -0.0, 0.0, float.Epsilon, -float.Epsilon, 1e-40, double.NaN];

    private readonly Random _random;
    private readonly IReadOnlyList<float[]> _columns;
    private readonly int _targets;
    private readonly string? _mode;
    private readonly int _missing;
    private readonly int _weights;
    private readonly int _leaves;
    private int _tree;
    private int _budget;

    public TreeGenerator(Random random, IReadOnlyList<float[]> columns, int targets)
    {
        _random = random;
        _columns = columns;
        _targets = targets;

        // Most exporters write LEQ or LT throughout.
        _mode = random.Next(4) switch { 0 => null, 1 => Modes[random.Next(2)], 2 => "LEQ", _ => Modes[random.Next(6)] };
        _missing = random.Next(3);
        _weights = random.Next(5);
        _leaves = random.Next(4);
    }

    /// <summary>The only class that has weights, or -1.</summary>
    public required int Only { get; init; }

    public required bool Doubles { get; init; }

    public required bool OneWeightPerLeaf { get; init; }

    public required bool MayHaveMembers { get; init; }

    public IReadOnlyList<TreeNode> Make(int count, bool large)
    {
        var trees = new TreeNode[count];
        var depth = large && count < 200 ? _random.Next(4, 17) : _random.Next(8) == 0 ? _random.Next(6, 17) : _random.Next(6);
        for (_tree = 0; _tree < count; _tree++)
        {
            _budget = large ? Math.Max(15, 20_000 / count) : 120;
            trees[_tree] = Node(_random.Next(6) == 0 ? _random.Next(depth + 1) : depth, 0);
        }

        return trees;
    }

    private TreeNode Node(int depth, int level)
    {
        // Deep trees are narrow, or they would be huge.
        if (depth == 0 || _budget <= 0 || (level > 2 && _random.Next(depth > 6 ? 5 : 8) == 0))
        {
            return Leaf();
        }

        _budget--;
        var column = _random.Next(3) == 0 ? _random.Next(Math.Min(3, _columns.Count)) : _random.Next(_columns.Count);
        var mode = MayHaveMembers && _random.Next(5) == 0 ? "MEMBER" : _mode ?? Modes[_random.Next(Modes.Length)];
        var members = mode == "MEMBER"
            ? Enumerable.Range(0, _random.Next(1, 7)).Select(_ => Member(_columns[column])).Distinct().ToArray()
            : [];
        return new TreeBranch(
            column,
            mode,
            Threshold(_columns[column]),
            members,
            _missing == 2 && _random.Next(2) == 0,
            Node(depth - 1, level + 1),
            Node(depth - 1, level + 1));
    }

    // ONNX Runtime takes whole numbers only.
    private double Member(float[] values) =>
        Math.Round(values[_random.Next(values.Length)]) is >= -1000 and <= 1000 and var value && _random.Next(3) > 0
            ? value
            : _random.Next(-3, 70);

    private double Threshold(float[] values)
    {
        var value = values[_random.Next(values.Length)];
        var threshold = _random.Next(60) switch
        {
            < 6 => MathF.BitIncrement(value),
            < 12 => MathF.BitDecrement(value),
            12 => Unusual[_random.Next(_random.Next(6) == 0 ? Unusual.Length : Unusual.Length - 1)],
            13 => _random.NextDouble() * 4,
            < 20 when Doubles => value * (1 + 1e-13),
            < 24 => _random.Next(1, 40),
            _ => value,
        };
        return Doubles ? threshold : (float)threshold;
    }

    private TreeLeaf Leaf()
    {
        var value = Doubles ? _random.NextDouble() : (float)_random.NextDouble();
        if (OneWeightPerLeaf)
        {
            return new TreeLeaf([(_weights < 3 ? _tree % _targets : _random.Next(_targets), Weight())], 0);
        }

        if (_leaves == 3 && _random.Next(12) == 0)
        {
            return new TreeLeaf([], value);
        }

        if (Only >= 0 || _targets == 1)
        {
            var weights = Enumerable.Range(0, _leaves == 2 && _random.Next(6) == 0 ? 2 : 1).Select(_ => (Math.Max(0, Only), Weight()));
            return new TreeLeaf([.. weights], 0);
        }

        return _leaves switch
        {
            // A share of each class, as forests have; one class per tree, as boosting has; some of the classes.
            0 or 3 => new TreeLeaf([.. Enumerable.Range(0, _targets).Select(target => (target, Weight()))], 0),
            1 => new TreeLeaf([(_tree % _targets, Weight())], 0),
            _ => new TreeLeaf(
                [.. Enumerable.Range(0, _targets).Where(_ => _random.Next(3) > 0).Select(target => (target, Weight()))], value),
        };
    }

    private double Weight()
    {
        var weight = _weights switch
        {
            0 => _random.Next(0, 5) / 4.0,
            1 => _random.Next(-4, 5) / 8.0,
            2 => _random.NextDouble(),
            3 => _random.NextDouble() / 100,
            _ => (_random.NextDouble() - 0.5) * 2,
        };
        return Doubles ? weight : (float)weight;
    }
}
