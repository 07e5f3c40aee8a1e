using Google.Protobuf;
using ModelApi.Inference.Bundles.Onnx;

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
        var node = new OnnxNode { OpType = "TreeEnsembleClassifier", Domain = "ai.onnx.ml", Name = "forest" };
        node.Input.Add("features");
        node.Output.Add(["label", "probabilities"]);
        OnnxAttribute[] attributes =
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
            new OnnxAttribute { Name = "post_transform", Type = 3, S = ByteString.CopyFromUtf8("NONE") },
        ];
        node.Attribute.Add(attributes.Select(attribute => attribute.ToByteString()));

        var graph = new OnnxGraph { Name = "forest" };
        graph.Node.Add(node);
        graph.Input.Add(Tensor("features", Float, features));
        graph.Output.Add([Tensor("label", Text), Tensor("probabilities", Float, 2)]);
        var model = new OnnxModel { IrVersion = 8, ProducerName = "ModelApi.Benchmarks", Graph = graph };
        model.OpsetImport.Add([new OnnxOpset { Domain = "", Version = 17 }, new OnnxOpset { Domain = "ai.onnx.ml", Version = 1 }]);
        return model.ToByteArray();
    }

    private static OnnxAttribute Ints(string name, IEnumerable<int> values)
    {
        var attribute = new OnnxAttribute { Name = name, Type = 7 };
        attribute.Ints.AddRange(values.Select(value => (long)value));
        return attribute;
    }

    private static OnnxAttribute Floats(string name, IEnumerable<float> values)
    {
        var attribute = new OnnxAttribute { Name = name, Type = 6 };
        attribute.Floats.AddRange(values);
        return attribute;
    }

    private static OnnxAttribute Texts(string name, IEnumerable<string> values)
    {
        var attribute = new OnnxAttribute { Name = name, Type = 8 };
        attribute.Strings.AddRange(values.Select(ByteString.CopyFromUtf8));
        return attribute;
    }

    private static OnnxValueInfo Tensor(string name, int type, params int[] columns)
    {
        var shape = new OnnxShape();
        shape.Dim.Add(new OnnxDimension { DimParam = "N" });
        shape.Dim.AddRange(columns.Select(column => new OnnxDimension { DimValue = column }));
        return new OnnxValueInfo
        {
            Name = name,
            Type = new OnnxType { TensorType = new OnnxTensorType { ElemType = type, Shape = shape } },
        };
    }
}
