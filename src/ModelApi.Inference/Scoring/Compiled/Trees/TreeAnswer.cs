using System.Numerics;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Transforms;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Turns the sums of a row into a label and an answer.</summary>
/// <remarks>Follows ONNX Runtime where the operators' description leaves the rules open.</remarks>
internal sealed class TreeAnswer<T>
    where T : struct, IBinaryFloatingPointIeee754<T>
{
    private readonly TreeEnsemble _ensemble;
    private readonly T[] _base;
    private readonly T _trees;

    /// <exception cref="NotCompilableException">ONNX Runtime's answer is undefined.</exception>
    public TreeAnswer(TreeEnsemble ensemble)
    {
        _ensemble = ensemble;
        _base = Array.ConvertAll(ensemble.BaseValues, T.CreateSaturating);
        _trees = T.CreateSaturating(ensemble.Roots.Length);
        if (ensemble.IsClassifier && Undefined() is { } reason)
        {
            throw new NotCompilableException(reason);
        }
    }

    /// <param name="sums">One sum per target; may be overwritten.</param>
    /// <param name="areScored">For each target, whether any leaf had a weight for it.</param>
    /// <param name="scores">Receives the answer, one value per target.</param>
    /// <returns>The class; 0 for a regression.</returns>
    public int Finish(Span<T> sums, ReadOnlySpan<bool> areScored, Span<float> scores)
    {
        if (!_ensemble.IsClassifier)
        {
            Regress(sums, areScored, scores);
            return 0;
        }

        return sums.Length == 2 ? ClassifyTwo(sums, areScored, scores) : ClassifyMany(sums, areScored, scores);
    }

    /// <summary>The answer of a regression with one target, whose sum has at least one weight.</summary>
    public float Regress(T sum)
    {
        sum = _ensemble.Aggregate == Aggregate.Average ? sum / _trees : sum;
        sum += _base.Length == 1 ? _base[0] : T.Zero;
        var score = float.CreateSaturating(sum);
        if (_ensemble.Transform == PostTransforms.Probit)
        {
            _ensemble.Transform.Apply(new Span<float>(ref score));
        }

        return score;
    }

    private string? Undefined()
    {
        if (_ensemble.Targets == 1)
        {
            return "it is a classifier with one class";
        }

        if (_base.Length != 0 && _base.Length != _ensemble.Targets && !(_base.Length == 1 && _ensemble.IsBinary))
        {
            return "it has another number of base values than of classes";
        }

        if (_ensemble.Targets > 2)
        {
            return _base.Length == 0 && MayScoreNothing() ? "it has leaves without a weight, which may leave a row without a class" : null;
        }

        return _ensemble.Transform == PostTransforms.Probit
            && Array.Exists(_ensemble.Nodes, node => node.IsLeaf && !ScoresSecond(node))
            ? "it has the post transform PROBIT and one score for two classes"
            : null;
    }

    // A single tree whose leaves all have weights is enough to score every row.
    private bool MayScoreNothing()
    {
        foreach (var root in _ensemble.Roots)
        {
            var next = new Stack<int>([root]);
            var isScored = true;
            while (isScored && next.TryPop(out var index))
            {
                var node = _ensemble.Nodes[index];
                isScored = !node.IsLeaf || node.Weights > 0;
                if (!node.IsLeaf)
                {
                    next.Push(node.WhenTrue);
                    next.Push(node.WhenFalse);
                }
            }

            if (isScored)
            {
                return false;
            }
        }

        return true;
    }

    private bool ScoresSecond(TreeNode leaf)
    {
        for (var i = 0; i < leaf.Weights; i++)
        {
            if (_ensemble.Weights[leaf.FirstWeight + i].Target == 1)
            {
                return true;
            }
        }

        return false;
    }

    private void Regress(ReadOnlySpan<T> sums, ReadOnlySpan<bool> areScored, Span<float> scores)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            var sum = areScored[i] ? sums[i] : T.Zero;
            sum = _ensemble.Aggregate == Aggregate.Average ? sum / _trees : sum;
            sum += _base.Length == sums.Length ? _base[i] : T.Zero;
            scores[i] = areScored[i] || sums.Length == 1 ? float.CreateSaturating(sum) : 0;
        }

        // ONNX Runtime ignores all other transforms of a single target.
        if (sums.Length > 1 || _ensemble.Transform == PostTransforms.Probit)
        {
            _ensemble.Transform.Apply(scores);
        }
    }

    private int ClassifyMany(Span<T> sums, ReadOnlySpan<bool> areScored, Span<float> scores)
    {
        var label = -1;
        for (var i = 0; i < sums.Length; i++)
        {
            var isScored = areScored[i] || _base.Length > 0;
            sums[i] = !areScored[i] ? (_base.Length > 0 ? _base[i] : T.Zero) : _base.Length > 0 ? sums[i] + _base[i] : sums[i];
            label = isScored && (label < 0 || sums[i] > sums[label]) ? i : label;
            scores[i] = float.CreateSaturating(sums[i]);
        }

        _ensemble.Transform.Apply(scores);
        return label;
    }

    private int ClassifyTwo(Span<T> sums, ReadOnlySpan<bool> areScored, Span<float> scores)
    {
        if (_base.Length == 2 && areScored[1])
        {
            sums[1] = _base[1] + sums[0];
            sums[0] = -sums[1];
        }
        else if (_base.Length > 0)
        {
            sums[0] += _base[0];
        }

        var positive = areScored[1] ? sums[1] : areScored[0] ? sums[0] : T.Zero;
        var areShares = _ensemble.IsBinary && _ensemble.HasNoNegativeWeight;
        var label = positive > (areShares ? T.CreateSaturating(0.5) : T.Zero) ? 1 : 0;
        if (areScored[1] || _base.Length == 2)
        {
            scores[0] = areScored[0] ? float.CreateSaturating(sums[0]) : 0;
            scores[1] = areScored[1] ? float.CreateSaturating(sums[1]) : 0;
            _ensemble.Transform.Apply(scores);
            return label;
        }

        var score = areScored[0] ? sums[0] : T.Zero;
        if (_ensemble.Transform == PostTransforms.Logistic)
        {
            scores[0] = ScoreMath.Logistic(-float.CreateSaturating(score));
            scores[1] = ScoreMath.Logistic(float.CreateSaturating(score));
        }
        else
        {
            scores[0] = float.CreateSaturating(areShares ? T.One - score : -score);
            scores[1] = float.CreateSaturating(score);
        }

        return label;
    }
}
