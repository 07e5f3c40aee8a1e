using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Graphs;
using ModelApi.Inference.Scoring.Compiled.Plans;
using ModelApi.Inference.Scoring.Compiled.Trees;

namespace ModelApi.Inference.Scoring.Compiled.Operators;

/// <summary>The operators that are models, or parts of linear ones; source: https://onnx.ai/onnx/operators/.</summary>
internal static class Models
{
    public static Value Gemm(Node node)
    {
        var value = node.Floats(0);
        var factors = node.RequireConstant(1);
        if (value.Rank != 2 || factors is not { Type: TensorElementType.Float, Dimensions.Length: 2 } || node.Attributes.Int("transA", 0) != 0)
        {
            throw node.Refuse("multiplies other matrices than rows with constants");
        }

        var weights = node.Attributes.Int("transB", 0) != 0 ? factors.Numbers : Transpose(factors);
        var outputs = (int)(node.Attributes.Int("transB", 0) != 0 ? factors.Dimensions[0] : factors.Dimensions[1]);
        double alpha = node.Attributes.Float("alpha", 1), beta = node.Attributes.Float("beta", 1);
        var intercepts = new double[outputs];
        if (node.Has(2))
        {
            var added = node.RequireConstant(2);
            if (added.Type != TensorElementType.Float || (added.Length != 1 && (added.Length != outputs || added.Dimensions[^1] != outputs)))
            {
                throw node.Refuse("adds a constant of another shape");
            }

            for (var i = 0; i < outputs; i++)
            {
                intercepts[i] = beta * added.Numbers[i % added.Length];
            }
        }

        return Value.Matrix(TensorElementType.Float, Multiply(node, value.Columns, Array.ConvertAll(weights, weight => alpha * weight), intercepts));
    }

    public static Value MatMul(Node node)
    {
        var value = node.Floats(0);
        var factors = node.RequireConstant(1);
        if (value.Rank != 2 || factors.Type != TensorElementType.Float || factors.Dimensions.Length is not (1 or 2))
        {
            throw node.Refuse("multiplies other matrices than rows with constants");
        }

        var isVector = factors.Dimensions.Length == 1;
        var outputs = isVector ? 1 : (int)factors.Dimensions[1];
        var product = Multiply(node, value.Columns, isVector ? factors.Numbers : Transpose(factors), new double[outputs]);
        return isVector ? Value.Vector(TensorElementType.Float, product[0]) : Value.Matrix(TensorElementType.Float, product);
    }

    public static Value[] ClassifyLinearly(Node node)
    {
        var transform = ParseTransform(node);
        var labels = Labels.Read(node, "classlabels_strings", "classlabels_ints");
        double[] intercepts = [.. node.Attributes.Floats("intercepts").Select(intercept => (double)intercept)];
        var outputs = Math.Max(2, intercepts.Length);
        if (labels.Count != outputs || intercepts.Length == 0)
        {
            throw node.Refuse("has another number of intercepts than of classes");
        }

        double[] weights = [.. node.Attributes.Floats("coefficients").Select(weight => (double)weight)];
        var sums = Multiply(node, node.AsFloats(0), weights, intercepts);
        var label = node.Plan.Reserve(1);
        var first = node.Plan.Reserve(outputs);
        node.Plan.Add(new LinearScoreStage(sums, transform, label, first));
        return [labels.At(label), Value.Matrix(TensorElementType.Float, PlanBuilder.Outputs(first, outputs))];
    }

    public static Value RegressLinearly(Node node)
    {
        var targets = (int)node.Attributes.Int("targets", 1);
        var transform = ParseTransform(node);
        var added = node.Attributes.Floats("intercepts");
        var intercepts = new double[Math.Max(0, targets)];
        for (var i = 0; i < targets && added.Length == targets; i++)
        {
            intercepts[i] = added[i];
        }

        double[] weights = [.. node.Attributes.Floats("coefficients").Select(weight => (double)weight)];
        var sums = Multiply(node, node.Floats(0).Columns, weights, intercepts);

        // Of one target, it is not applied.
        if (transform != PostTransform.None && targets > 1)
        {
            var first = node.Plan.Reserve(targets);
            node.Plan.Add(new PostTransformStage(sums, transform, first));
            sums = PlanBuilder.Outputs(first, targets);
        }

        return Value.Matrix(TensorElementType.Float, sums);
    }

    public static Value[] ClassifyByTrees(Node node)
    {
        var (columns, isDouble) = TreeInputs(node);
        var ensemble = TreeReader.Read(node.Attributes, true, isDouble);
        var labels = Labels.Read(node, "classlabels_strings", "classlabels_int64s");

        // With weights for both of two classes, ONNX Runtime answers the numbers 0 and 1, whatever the labels are.
        var (label, scores) = AddTrees(node, ensemble, columns);
        return [ensemble is { Targets: 2, IsBinary: false } && labels.AreNumbers ? Labels.ZeroAndOne.At(label) : labels.At(label), scores];
    }

    public static Value RegressByTrees(Node node)
    {
        var (columns, isDouble) = TreeInputs(node);
        return AddTrees(node, TreeReader.Read(node.Attributes, false, isDouble), columns).Scores;
    }

    public static Value ScoreTrees(Node node)
    {
        var (columns, isDouble) = TreeInputs(node);
        var scores = AddTrees(node, TreeEnsemble5Reader.Read(node.Attributes, isDouble), columns).Scores;
        return isDouble ? scores with { Type = TensorElementType.Double } : scores;
    }

    private static PostTransform ParseTransform(Node node)
    {
        var transform = PostTransforms.Parse(node.Attributes.Text("post_transform", "NONE"));

        // The one asks whether a score is zero, the other subtracts numbers that are nearly equal: of a sum of products, either is a
        // matter of the order in which it is added up.
        return transform is PostTransform.SoftmaxZero or PostTransform.Probit
            ? throw node.Refuse("has a post transform that hangs on the last digit of a score")
            : transform;
    }

    private static (Column[] Columns, bool IsDouble) TreeInputs(Node node)
    {
        var value = node.Value(0);
        var isDouble = value.Type == TensorElementType.Double;
        return value.Rank == 2 ? (isDouble ? value.Columns : node.AsFloats(0), isDouble) : throw node.Refuse("works on another shape than a table");
    }

    private static (int Label, Value Scores) AddTrees(Node node, TreeEnsemble ensemble, Column[] columns)
    {
        var label = node.Plan.Reserve(1);
        var first = node.Plan.Reserve(ensemble.Targets);
        node.Plan.Add(new TreeStage(ensemble, columns, label, first));
        return (label, Value.Matrix(TensorElementType.Float, PlanBuilder.Outputs(first, ensemble.Targets)));
    }

    private static Column[] Multiply(Node node, Column[] columns, double[] weights, double[] intercepts)
    {
        if (intercepts.Length == 0 || weights.Length != columns.Length * intercepts.Length)
        {
            throw node.Refuse($"has {weights.Length} weights for {columns.Length} columns");
        }

        var first = node.Plan.Reserve(intercepts.Length);
        node.Plan.Add(new LinearStage(columns, weights, intercepts, first, node.Plan.Signature));
        return PlanBuilder.Outputs(first, intercepts.Length);
    }

    private static double[] Transpose(Constant matrix)
    {
        var (rows, columns) = ((int)matrix.Dimensions[0], (int)matrix.Dimensions[1]);
        var transposed = new double[matrix.Length];
        for (var i = 0; i < transposed.Length; i++)
        {
            transposed[i] = matrix.Numbers[(i % rows * columns) + (i / rows)];
        }

        return transposed;
    }

    /// <summary>What a classifier's classes are called: texts or numbers.</summary>
    private sealed record Labels(string[]? Texts, double[]? Numbers)
    {
        public static readonly Labels ZeroAndOne = new(null, [0, 1]);

        public int Count => Texts?.Length ?? Numbers!.Length;

        public bool AreNumbers => Texts is null;

        public static Labels Read(Node node, string texts, string numbers) =>
            node.Attributes.Texts(texts) is { Length: > 0 } names
                ? new Labels(names, null)
                : new Labels(null, [.. node.Attributes.Ints(numbers).Select(number => (double)number)]);

        public Value At(int register) =>
            Value.Vector(AreNumbers ? TensorElementType.Int64 : TensorElementType.String, new ChoiceColumn(register, Texts, Numbers));
    }
}
