using Google.Protobuf;
using ModelApi.Benchmarks.Growth.Onnx;

namespace ModelApi.Benchmarks.Growth;

/// <summary>Writes a forest as ONNX, in the form that skl2onnx gives a binary random forest.</summary>
internal static class ForestFile
{
    private const int Float = 1;
    private const int Text = 8;

    public static byte[] Write(RandomForest forest, int features)
    {
        var nodes = forest.Nodes;
        var leaves = nodes.Where(node => node.Feature < 0).ToList();
        var node = new Node { OpType = "TreeEnsembleClassifier", Domain = "ai.onnx.ml", Name = "forest" };
        node.Input.Add("features");
        node.Output.Add(["label", "probabilities"]);
        node.Attribute.Add(
        [
            Ints("class_ids", leaves.Select(_ => 0)),
            Ints("class_nodeids", leaves.Select(leaf => leaf.Id)),
            Ints("class_treeids", leaves.Select(leaf => leaf.Tree)),
            Floats("class_weights", leaves.Select(leaf => leaf.Probability / forest.Trees)),
            Texts("classlabels_strings", ["no", "yes"]),
            Ints("nodes_falsenodeids", nodes.Select(item => item.Right)),
            Ints("nodes_featureids", nodes.Select(item => Math.Max(0, item.Feature))),
            Ints("nodes_missing_value_tracks_true", nodes.Select(_ => 0)),
            Texts("nodes_modes", nodes.Select(item => item.Feature < 0 ? "LEAF" : "BRANCH_LEQ")),
            Ints("nodes_nodeids", nodes.Select(item => item.Id)),
            Ints("nodes_treeids", nodes.Select(item => item.Tree)),
            Ints("nodes_truenodeids", nodes.Select(item => item.Left)),
            Floats("nodes_values", nodes.Select(item => item.Threshold)),
            new NodeAttribute { Name = "post_transform", Type = 3, S = ByteString.CopyFromUtf8("NONE") },
        ]);

        var graph = new Graph { Name = "forest" };
        graph.Node.Add(node);
        graph.Input.Add(Tensor("features", Float, features));
        graph.Output.Add([Tensor("label", Text), Tensor("probabilities", Float, 2)]);
        var model = new ModelFile { IrVersion = 8, ProducerName = "ModelApi.Benchmarks", Graph = graph };
        model.OpsetImport.Add([new OperatorSet { Domain = "", Version = 17 }, new OperatorSet { Domain = "ai.onnx.ml", Version = 1 }]);
        return model.ToByteArray();
    }

    private static NodeAttribute Ints(string name, IEnumerable<int> values)
    {
        var attribute = new NodeAttribute { Name = name, Type = 7 };
        attribute.Ints.AddRange(values.Select(value => (long)value));
        return attribute;
    }

    private static NodeAttribute Floats(string name, IEnumerable<float> values)
    {
        var attribute = new NodeAttribute { Name = name, Type = 6 };
        attribute.Floats.AddRange(values);
        return attribute;
    }

    private static NodeAttribute Texts(string name, IEnumerable<string> values)
    {
        var attribute = new NodeAttribute { Name = name, Type = 8 };
        attribute.Strings.AddRange(values.Select(ByteString.CopyFromUtf8));
        return attribute;
    }

    private static ValueInfo Tensor(string name, int type, params int[] columns)
    {
        var shape = new TensorShape();
        shape.Dim.Add(new ShapeDimension { DimParam = "N" });
        shape.Dim.AddRange(columns.Select(column => new ShapeDimension { DimValue = column }));
        return new ValueInfo { Name = name, Type = new TypeOfValue { TensorType = new TensorType { ElemType = type, Shape = shape } } };
    }
}
