using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Linear;
using ModelApi.Inference.Scoring.Compiled.Plans;
using ModelApi.Inference.Scoring.Compiled.Transforms;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Linear models and matrix products; source: https://onnx.ai/onnx/operators/.</summary>
internal static class LinearOperators
{
    public static Value Gemm(Node node)
    {
        var (value, factors) = Factors(node);
        if (value.Rank != 2
            || factors.Dimensions.Length != 2
            || node.Attributes.Int("transA", 0) != 0)
        {
            throw node.Refuse("multiplies something else than rows by a constant matrix");
        }

        var weights = node.Attributes.Int("transB", 0) != 0 ? factors.Numbers : Transpose(factors);
        var outputs = (int)(node.Attributes.Int("transB", 0) != 0 ? factors.Dimensions[0] : factors.Dimensions[1]);
        double alpha = node.Attributes.Float("alpha", 1), beta = node.Attributes.Float("beta", 1);
        var intercepts = new double[outputs];
        if (node.Has(2))
        {
            var added = node.RequireConstant(2);
            if (added.Type != value.Type
                || (added.Length != 1 && (added.Length != outputs || added.Dimensions[^1] != outputs)))
            {
                throw node.Refuse("adds a constant of another shape");
            }

            for (var i = 0; i < outputs; i++)
            {
                intercepts[i] = beta * added.Numbers[i % added.Length];
            }
        }

        var scaled = Array.ConvertAll(weights, weight => alpha * weight);
        return Value.Matrix(value.Type, Multiply(node, value.Columns, scaled, intercepts));
    }

    public static Value MatMul(Node node)
    {
        var (value, factors) = Factors(node);
        if (value.Rank != 2 || factors.Dimensions.Length is not (1 or 2))
        {
            throw node.Refuse("multiplies something else than rows by a constant matrix");
        }

        var isVector = factors.Dimensions.Length == 1;
        var outputs = isVector ? 1 : (int)factors.Dimensions[1];
        var product = Multiply(node, value.Columns, isVector ? factors.Numbers : Transpose(factors), new double[outputs]);
        return isVector ? Value.Vector(value.Type, product[0]) : Value.Matrix(value.Type, product);
    }

    // Rows and a constant matrix, both of 32-bit or both of 64-bit floats.
    private static (Value Rows, Constant Matrix) Factors(Node node)
    {
        var (value, factors) = (node.Value(0), node.RequireConstant(1));
        return node.IsDouble(0) == node.IsDouble(1) ? (value, factors) : throw node.Refuse("multiplies values of different types");
    }

    public static Value[] Classify(Node node)
    {
        var transform = FindTransform(node);
        var labels = ClassNames.Read(node, "classlabels_strings", "classlabels_ints");
        double[] intercepts = [.. node.Attributes.Floats("intercepts").Select(intercept => (double)intercept)];
        var outputs = Math.Max(2, intercepts.Length);
        if (labels.Count != outputs || intercepts.Length == 0)
        {
            throw node.Refuse("has a number of intercepts that differs from its number of classes");
        }

        double[] weights = [.. node.Attributes.Floats("coefficients").Select(weight => (double)weight)];
        var sums = Multiply(node, node.AsFloats(0), weights, intercepts);
        var label = node.Plan.Reserve(1);
        var first = node.Plan.Reserve(outputs);
        node.Plan.Add(new LinearScoreStage(sums, transform, label, first));
        return [labels.At(label), Value.Matrix(TensorElementType.Float, PlanBuilder.Outputs(first, outputs))];
    }

    public static Value Regress(Node node)
    {
        var targets = (int)node.Attributes.Int("targets", 1);
        var transform = FindTransform(node);
        var added = node.Attributes.Floats("intercepts");
        var intercepts = new double[Math.Max(0, targets)];
        for (var i = 0; i < targets && added.Length == targets; i++)
        {
            intercepts[i] = added[i];
        }

        double[] weights = [.. node.Attributes.Floats("coefficients").Select(weight => (double)weight)];
        var sums = Multiply(node, node.Floats(0).Columns, weights, intercepts);

        // ONNX Runtime ignores the transform of a single target.
        if (transform != PostTransforms.None && targets > 1)
        {
            var first = node.Plan.Reserve(targets);
            node.Plan.Add(new PostTransformStage(sums, transform, first));
            sums = PlanBuilder.Outputs(first, targets);
        }

        return Value.Matrix(TensorElementType.Float, sums);
    }

    private static PostTransform FindTransform(Node node)
    {
        var transform = PostTransforms.Find(node.Attributes.Text("post_transform", "NONE"));

        // The last digit of a sum of products depends on the order of the additions, which ONNX Runtime does not specify.
        return transform.DependsOnLastDigit
            ? throw node.Refuse("has a post transform that depends on the last digit of a score")
            : transform;
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
}
