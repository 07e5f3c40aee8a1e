namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Changes that an engine could get wrong, made to a model instead.</summary>
internal static class Change
{
    /// <summary>Each gives null where there is nothing to change.</summary>
    public static IReadOnlyDictionary<string, Func<EnsembleEstimator, EnsembleEstimator?>> All { get; } =
        new Dictionary<string, Func<EnsembleEstimator, EnsembleEstimator?>>
        {
            ["a value equal to the threshold goes the other way"] = model => Branches(model, branch => branch.Mode switch
            {
                "LEQ" => branch with { Mode = "LT" },
                "LT" => branch with { Mode = "LEQ" },
                "GTE" => branch with { Mode = "GT" },
                "GT" => branch with { Mode = "GTE" },
                _ => null,
            }),
            ["EQ and NEQ are taken for one another"] = model => Branches(model, branch => branch.Mode switch
            {
                "EQ" => branch with { Mode = "NEQ" },
                "NEQ" => branch with { Mode = "EQ" },
                _ => null,
            }),
            ["thresholds are one step too high"] = model => Branches(model, branch =>
                double.IsFinite(branch.Threshold) ? branch with { Threshold = MathF.BitIncrement((float)branch.Threshold) } : null),
            ["a missing value that goes where true goes goes to the other side"] = model =>
                Branches(model, branch => branch.MissingIsTrue ? branch with { MissingIsTrue = false } : null),
            ["every missing value goes where true goes"] = model =>
                Branches(model, branch => branch.MissingIsTrue ? null : branch with { MissingIsTrue = true }),
            ["a member is left out"] = model =>
                Branches(model, branch => branch.Members.Length > 1 ? branch with { Members = branch.Members[1..] } : null),
            ["the last tree is left out"] = model => model.Trees.Count > 1 ? model with { Trees = [.. model.Trees.SkipLast(1)] } : null,
            ["the base values are left out"] = model => model.BaseValues.Any(value => value != 0) ? model with { BaseValues = [] } : null,
            ["the post-transform is left out"] = model => model.PostTransform != "NONE" ? model with { PostTransform = "NONE" } : null,
            ["MIN and MAX are taken for one another"] = model => model.Aggregate switch
            {
                "MIN" => model with { Aggregate = "MAX" },
                "MAX" => model with { Aggregate = "MIN" },
                _ => null,
            },
            ["AVERAGE is taken for SUM"] = model => model.Aggregate == "AVERAGE" ? model with { Aggregate = "SUM" } : null,
            ["weights are five parts in a million too large"] = model =>
                model with { Trees = [.. model.Trees.Select(tree => Scaled(tree, 1 + 5e-6))] },
            ["doubles are compared as floats"] = model => model is { HoldsDoubles: true, Operator: not "TreeEnsemble" }
                ? model with { TakesDoubles = false, HoldsDoubles = false }
                : null,
        };

    private static EnsembleEstimator? Branches(EnsembleEstimator model, Func<TreeBranch, TreeBranch?> change)
    {
        var changed = false;
        var trees = model.Trees.Select(Visit).ToList();
        return changed ? model with { Trees = trees } : null;

        TreeNode Visit(TreeNode node)
        {
            if (node is not TreeBranch branch)
            {
                return node;
            }

            var result = branch with { True = Visit(branch.True), False = Visit(branch.False) };
            if (change(result) is not { } other)
            {
                return result;
            }

            changed = true;
            return other;
        }
    }

    private static TreeNode Scaled(TreeNode node, double factor) => node switch
    {
        TreeBranch branch => branch with { True = Scaled(branch.True, factor), False = Scaled(branch.False, factor) },
        TreeLeaf leaf => leaf with { Weights = [.. leaf.Weights.Select(weight => (weight.Target, weight.Weight * factor))] },
        _ => throw new InvalidOperationException(),
    };
}
