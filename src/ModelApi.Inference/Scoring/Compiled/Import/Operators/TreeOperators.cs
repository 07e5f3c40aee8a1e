using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Plans;
using ModelApi.Inference.Scoring.Compiled.Trees;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Tree ensembles; source: https://onnx.ai/onnx/operators/#ai-onnx-ml.</summary>
internal static class TreeOperators
{
    public static Value[] Classify(Node node)
    {
        var (columns, isDouble) = TreeInputs(node);
        var ensemble = TreeReader.Read(node.Attributes, true, isDouble);
        var labels = ClassNames.Read(node, "classlabels_strings", "classlabels_int64s");

        // If both of two classes have weights, ONNX Runtime answers 0 and 1 instead of integer labels.
        var (label, scores) = AddTrees(node, ensemble, columns);
        var names = ensemble is { Targets: 2, IsBinary: false } && labels.AreNumbers ? ClassNames.ZeroAndOne : labels;
        return [names.At(label), scores];
    }

    public static Value Regress(Node node)
    {
        var (columns, isDouble) = TreeInputs(node);
        return AddTrees(node, TreeReader.Read(node.Attributes, false, isDouble), columns).Scores;
    }

    public static Value Score(Node node)
    {
        var (columns, isDouble) = TreeInputs(node);
        var scores = AddTrees(node, TreeEnsemble5Reader.Read(node.Attributes, isDouble), columns).Scores;
        return isDouble ? scores with { Type = TensorElementType.Double } : scores;
    }

    private static (Column[] Columns, bool IsDouble) TreeInputs(Node node)
    {
        var value = node.Value(0);
        var isDouble = value.Type == TensorElementType.Double;
        return value.Rank == 2
            ? (isDouble ? value.Columns : node.AsFloats(0), isDouble)
            : throw node.Refuse("works on a tensor that is no table");
    }

    private static (int Label, Value Scores) AddTrees(Node node, TreeEnsemble ensemble, Column[] columns)
    {
        var label = node.Plan.Reserve(1);
        var first = node.Plan.Reserve(ensemble.Targets);
        node.Plan.Add(new TreeStage(ensemble, columns, label, first));
        return (label, Value.Matrix(TensorElementType.Float, PlanBuilder.Outputs(first, ensemble.Targets)));
    }
}
