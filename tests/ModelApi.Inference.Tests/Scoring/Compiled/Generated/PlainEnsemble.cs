namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>The trees of <see cref="PlainScorer"/>.</summary>
internal sealed class PlainEnsemble
{
    private readonly EnsembleEstimator _model;
    private readonly TreeNode[] _trees;
    private readonly double[] _base;
    private readonly bool _allPositive;
    private readonly bool _oneClass;

    public PlainEnsemble(EnsembleEstimator model)
    {
        _model = model;
        _trees = [.. model.Trees.Select(tree => Merge(Unroll(tree)))];
        _base = [.. model.BaseValues.Select(Rounded)];
        var weights = model.Trees.SelectMany(EnsembleEstimator.Leaves).SelectMany(leaf => leaf.Weights).ToList();
        _allPositive = !weights.Exists(weight => weight.Weight < 0);
        _oneClass = model.Targets == 2 && weights.Select(weight => weight.Target).Distinct().Count() == 1;
    }

    public (int Label, float[] Values) Score(double[] columns)
    {
        var leaves = _trees.Select(tree => Walk(tree, columns)).ToList();
        var sums = new double[_model.Targets];
        var scored = new bool[_model.Targets];
        foreach (var leaf in leaves)
        {
            // With one target ONNX Runtime keeps one weight, and for a leaf without any the number where a branch has its threshold.
            var weights = _model.Targets > 1 ? leaf.Weights : leaf.Weights.Length == 0 ? [(0, leaf.Value)] : [(0, leaf.Weights[0].Weight)];
            foreach (var (target, weight) in weights)
            {
                sums[target] = Combine(sums[target], Rounded(weight), scored[target]);
                scored[target] = true;
            }
        }

        return _model.Operator == "TreeEnsembleClassifier" ? Classify(sums, scored) : Regress(sums, scored);
    }

    private (int Label, float[] Values) Regress(double[] sums, bool[] scored)
    {
        if (_model.Aggregate == "AVERAGE")
        {
            sums = [.. sums.Select(sum => Typed(sum / _trees.Length))];
        }

        // A target that the row has no weight for is zero, not its base value.
        var scores = sums.Select((sum, target) => scored[target] ? (float)Typed(sum + (_base.Length > 0 ? _base[target] : 0)) : 0)
            .ToArray();
        if (_model.Targets > 1 || _model.PostTransform == "PROBIT")
        {
            scores = PlainLinear.Transform(scores, _model.PostTransform);
        }

        return PlainLinear.Finish(scores, _model.Head);
    }

    private (int Label, float[] Values) Classify(double[] sums, bool[] scored)
    {
        if (_model.Targets > 2)
        {
            for (var target = 0; target < _base.Length; target++)
            {
                sums[target] = Typed(sums[target] + _base[target]);
                scored[target] = true;
            }

            var best = -1;
            for (var target = 0; target < sums.Length; target++)
            {
                best = scored[target] && (best < 0 || sums[target] > sums[best]) ? target : best;
            }

            return (best, PlainLinear.Transform([.. sums.Select(sum => (float)sum)], _model.PostTransform));
        }

        var two = scored[1] || _base.Length == 2;
        if (_base.Length == 2 && scored[1])
        {
            sums[1] = Typed(_base[1] + sums[0]);
            sums[0] = -sums[1];
        }
        else if (_base.Length > 0)
        {
            sums[0] = Typed(sums[0] + _base[0]);
        }

        // A class without a score shows as zero, even when a base value was added to it.
        float[] scores = [scored[0] ? (float)sums[0] : 0, scored[1] ? (float)sums[1] : 0];
        var decisive = scored[1] ? sums[1] : scored[0] ? sums[0] : 0;
        var second = decisive > (_oneClass && _allPositive ? 0.5 : 0);
        var label = _oneClass || !_model.Classes!.AreIntegers ? (second ? 1 : 0) : _model.Classes.IndexOf(second ? 1 : 0);
        if (two)
        {
            return (label, PlainLinear.Transform(scores, _model.PostTransform));
        }

        return (label, _model.PostTransform == "LOGISTIC"
            ? [PlainLinear.Logistic(-scores[0]), PlainLinear.Logistic(scores[0])]
            : [_oneClass && _allPositive ? (float)Typed(1 - (scored[0] ? sums[0] : 0)) : -scores[0], scores[0]]);
    }

    private double Combine(double sum, double weight, bool scored) => _model.Aggregate switch
    {
        "MIN" => !scored || weight < sum ? weight : sum,
        "MAX" => !scored || weight > sum ? weight : sum,
        _ => Typed(sum + weight),
    };

    private TreeLeaf Walk(TreeNode node, double[] columns)
    {
        while (node is TreeBranch branch)
        {
            var value = Typed(columns[branch.Column]);
            var holds = branch.Mode switch
            {
                "LEQ" => value <= branch.Threshold,
                "LT" => value < branch.Threshold,
                "GTE" => value >= branch.Threshold,
                "GT" => value > branch.Threshold,
                "EQ" => value == branch.Threshold,
                "NEQ" => value != branch.Threshold,
                "SET" => branch.Members.Contains(value),
                _ => branch.Members.Contains(double.Abs(value) < 2147483648 ? Math.Truncate(value) : int.MinValue),
            };
            node = holds || (branch.MissingIsTrue && double.IsNaN(value)) ? branch.True : branch.False;
        }

        return (TreeLeaf)node;
    }

    // ONNX Runtime tests a set of small members as a chain of equalities, and truncates the values that it looks up in any other set.
    private TreeNode Unroll(TreeNode node)
    {
        if (node is TreeLeaf leaf)
        {
            // The last of the weights is the first where the table of weights is written backwards.
            var isReversed = _model.Operator != "TreeEnsemble" && _model.Numbering % 3 == 2;
            return isReversed ? leaf with { Weights = [.. leaf.Weights.Reverse()] } : leaf;
        }

        var branch = (TreeBranch)node;
        branch = branch with { Threshold = Rounded(branch.Threshold), True = Unroll(branch.True), False = Unroll(branch.False) };
        return branch.Mode == "MEMBER" && branch.Members.All(member => member is >= 0 and <= 30)
            ? branch.Members.Reverse()
                .Aggregate(branch.False, (rest, member) => branch with { Mode = "EQ", Threshold = member, Members = [], False = rest })
            : branch;
    }

    // ONNX Runtime joins consecutive equalities into one set while their true branches look alike to it, and ignores the setting of
    // the later ones for missing values.
    private TreeNode Merge(TreeNode node)
    {
        if (node is not TreeBranch branch)
        {
            return node;
        }

        if (branch.MissingIsTrue || !IsMergeable(branch))
        {
            return branch with { True = Merge(branch.True), False = Merge(branch.False) };
        }

        var members = new List<double> { branch.Threshold };
        var rest = branch.False;
        while (rest is TreeBranch next && next.Column == branch.Column && IsMergeable(next) && LooksTheSame(branch.True, next.True))
        {
            members.Add(next.Threshold);
            rest = next.False;
        }

        return branch with { Mode = "SET", Members = [.. members], True = Merge(branch.True), False = Merge(rest) };
    }

    private bool IsMergeable(TreeBranch branch) =>
        branch.Mode == "EQ"
            && branch.Threshold >= 1
            && branch.Threshold <= (_model.TakesDoubles ? 64 : 32)
            && branch.Threshold == Math.Floor(branch.Threshold);

    private static bool LooksTheSame(TreeNode a, TreeNode b) => (a, b) switch
    {
        (TreeLeaf one, TreeLeaf other) => one.Value == other.Value
            && one.Weights.Length > 0
            && other.Weights.Length > 0
            && one.Weights[0].Weight == other.Weights[0].Weight,
        (TreeBranch one, TreeBranch other) => one.Mode == other.Mode && one.Column == other.Column && one.Threshold == other.Threshold
            && LooksTheSame(one.True, other.True) && LooksTheSame(one.False, other.False),
        _ => false,
    };

    // Numbers are held as the attributes hold them, and added as the columns' type is.
    private double Rounded(double value) => _model.HoldsDoubles ? value : (float)value;

    private double Typed(double value) => _model.TakesDoubles ? value : (float)value;
}
