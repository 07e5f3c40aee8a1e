using System.Globalization;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>An ensemble of trees as one of three operators.</summary>
internal sealed record EnsembleEstimator : Estimator
{
    /// <summary>TreeEnsembleClassifier, TreeEnsembleRegressor or TreeEnsemble.</summary>
    public required string Operator { get; init; }

    public required int Version { get; init; }

    /// <summary>Whether the columns are doubles.</summary>
    public required bool TakesDoubles { get; init; }

    /// <summary>Whether the attributes are; only where the columns are.</summary>
    public required bool HoldsDoubles { get; init; }

    public required IReadOnlyList<TreeNode> Trees { get; init; }

    /// <summary>How many classes or targets have weights.</summary>
    public required int Targets { get; init; }

    public required string Aggregate { get; init; }

    public required string PostTransform { get; init; }

    public required double[] BaseValues { get; init; }

    /// <summary>What follows a regressor's scores; see <see cref="Estimator.WriteScores"/>.</summary>
    public required string Head { get; init; }

    /// <summary>Order of the nodes, and their numbers.</summary>
    public required int Numbering { get; init; }

    public override int MlVersion => Version;

    // A sum of leaves is the same number when the same type adds it in the same order. ONNX Runtime's Sigmoid is off by up to three
    // steps of a float below 1, and what is left of 1 has that as an error too.
    public override double Floor => Head != "None" ? 3e-7 : PostTransform == "NONE" ? 0 : base.Floor;

    public override TensorElementType InputType => TakesDoubles ? TensorElementType.Double : TensorElementType.Float;

    public override bool MayRound => Head != "None";

    public override void Write(GraphWriter writer, string encoded)
    {
        if (Operator == "TreeEnsemble")
        {
            var scores = writer.Add(Operator, encoded, [.. new TreeEnsembleAttributes(this).All()]);
            WriteScores(writer, TakesDoubles ? writer.Add("Cast", scores, ("to", (int)TensorElementType.Float)) : scores, Head);
            return;
        }

        var attributes = new NodeTable(this).Attributes().ToList();
        attributes.Add(("post_transform", PostTransform));
        if (Operator == "TreeEnsembleRegressor")
        {
            attributes.Add(("aggregate_function", Aggregate));
            attributes.Add(("n_targets", Targets));
            WriteScores(writer, writer.Add(Operator, encoded, [.. attributes]), Head);
            return;
        }

        attributes.Add(LabelAttribute("classlabels_int64s"));
        var (label, probabilities) = writer.AddTwo(Operator, encoded, [.. attributes]);
        writer.Output(label, "label", Classes!.AreIntegers ? TensorElementType.Int64 : TensorElementType.String, null);
        writer.Output(probabilities, "probabilities", TensorElementType.Float, Classes.Count);
    }

    /// <summary>
    /// Whether ONNX Runtime's answer is defined. If no class gets a weight, or PROBIT transforms one score for two classes, it reads or
    /// leaves uninitialized memory (and can even crash). If both of two integer classes have weights, it answers 0 or 1 for any labels.
    /// </summary>
    public bool IsDefined
    {
        get
        {
            if (Operator != "TreeEnsembleClassifier")
            {
                return Operator != "TreeEnsemble" || BaseValues.Length == 0;
            }

            var targets = Trees.SelectMany(Leaves).SelectMany(leaf => leaf.Weights).Select(weight => weight.Target).Distinct().Count();
            if (Classes!.Count > 2)
            {
                return BaseValues.Length > 0 || Trees.Any(tree => Leaves(tree).All(leaf => leaf.Weights.Length > 0));
            }

            var secondAlways = Trees.Any(tree => Leaves(tree).All(leaf => leaf.Weights.Any(weight => weight.Target == 1)));
            return targets > 0
                && (targets == 1 || !Classes.AreIntegers || (Classes.IndexOf(0) >= 0 && Classes.IndexOf(1) >= 0))
                && (secondAlways || PostTransform != "PROBIT")
                && (secondAlways || targets == 1 || BaseValues.Length != 1);
        }
    }

    public override IEnumerable<Estimator> Shrink() => Simpler().Where(simpler => simpler.IsDefined);

    private IEnumerable<EnsembleEstimator> Simpler()
    {
        if (Trees.Count > 1)
        {
            yield return this with { Trees = [.. Trees.Take(Trees.Count / 2)] };
            yield return this with { Trees = [.. Trees.Skip(Trees.Count / 2)] };
            yield return this with { Trees = [.. Trees.Skip(1)] };
            yield return this with { Trees = [.. Trees.SkipLast(1)] };
        }

        if (BaseValues.Length > 0)
        {
            yield return this with { BaseValues = [] };
        }

        if (PostTransform != "NONE")
        {
            yield return this with { PostTransform = "NONE" };
        }

        if (Aggregate != "SUM")
        {
            yield return this with { Aggregate = "SUM" };
        }

        EnsembleEstimator[] variants =
        [
            this with { Numbering = 0 },
            this with { HoldsDoubles = false },
            this with { TakesDoubles = false, HoldsDoubles = false },
        ];
        foreach (var simpler in variants.Where(variant => variant != this))
        {
            yield return simpler;
        }

        for (var tree = 0; tree < Math.Min(Trees.Count, 8); tree++)
        {
            foreach (var smaller in Smaller(Trees[tree]))
            {
                yield return this with { Trees = [.. Trees.Select((node, index) => index == tree ? smaller : node)] };
            }
        }
    }

    public override string ToString()
    {
        var type = !TakesDoubles ? "floats" : HoldsDoubles ? "doubles" : "floats for doubles";
        var classes = Classes is null ? "none" : string.Join(',', Classes.Names);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {Operator} {Version}, {type}, {Trees.Count} trees, {Targets} targets, {Aggregate}, {PostTransform}
            base [{string.Join(' ', BaseValues)}], then {Head}, numbering {Numbering}, classes {classes}
              {string.Join(Environment.NewLine + "  ", Trees.Take(6))}
            """);
    }

    public static IEnumerable<TreeLeaf> Leaves(TreeNode node) =>
        node is TreeBranch branch ? Leaves(branch.True).Concat(Leaves(branch.False)) : [(TreeLeaf)node];

    private static IEnumerable<TreeNode> Smaller(TreeNode node)
    {
        if (node is not TreeBranch branch)
        {
            yield break;
        }

        yield return branch.True;
        yield return branch.False;
        if (branch.MissingIsTrue)
        {
            yield return branch with { MissingIsTrue = false };
        }

        foreach (var smaller in Smaller(branch.True).Take(6))
        {
            yield return branch with { True = smaller };
        }

        foreach (var smaller in Smaller(branch.False).Take(6))
        {
            yield return branch with { False = smaller };
        }
    }
}
