using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Bundles;

public sealed class GraphReaderTests
{
    private static readonly string[] Modes = ["BRANCH_EQ", "BRANCH_EQ", "LEAF", "LEAF", "LEAF"];

    public static TheoryData<string> Graphs =>
        [.. Directory.EnumerateFiles(Repository.Models, "*.onnx", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Models, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Graphs))]
    public void What_a_graph_declares_is_what_ONNX_Runtime_finds_in_it(string file)
    {
        var content = File.ReadAllBytes(Path.Combine(Repository.Models, file));
        OnnxRuntimeEnvironment.EnsureCreated(threads: 1);
        using var session = new InferenceSession(content);

        var graph = Read(content, out var faults);

        Assert.Empty(faults);
        Assert.Equal(session.InputNames, graph!.Inputs.Select(input => input.Name));
        Assert.Equal(session.OutputNames, graph.Outputs.Select(output => output.Name));
        foreach (var tensor in graph.Inputs)
        {
            var found = session.InputMetadata[tensor.Name];
            Assert.Equal(found.ElementDataType, tensor.ElementType);
            Assert.Equal(found.Dimensions.Select(length => length < 0 ? (long?)null : length), tensor.Dimensions!);
        }
    }

    [Theory]
    [InlineData("3a")] // A length is missing.
    [InlineData("3a05")] // Five bytes are, of a graph.
    [InlineData("3affffffffffffffffff01")] // A length beyond all memory.
    [InlineData("ffffffffffffffffffffff")] // A number that does not end.
    [InlineData("00")] // A field without a number.
    [InlineData("3b")] // A group.
    [InlineData("3801")] // A number where the graph should be.
    [InlineData("f8ffffff7f01")] // A field beyond the last number.
    public void What_is_no_protobuf_is_a_fault(string hexadecimal)
    {
        var graph = Read(Convert.FromHexString(hexadecimal), out var faults);

        Assert.Null(graph);
        Assert.StartsWith("Not a valid ONNX file: ", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_cut_off_anywhere_is_a_fault_or_less_of_a_graph()
    {
        var content = File.ReadAllBytes(Path.Combine(Repository.Bank, "encoder.onnx"));
        var whole = Read(content, out _)!;

        for (var length = 0; length < content.Length; length++)
        {
            var graph = Read(content[..length], out var faults);

            Assert.True(faults.Count > 0 || graph!.Outputs.Count <= whole.Outputs.Count);
        }
    }

    [Fact]
    public void Graphs_nested_without_end_are_refused()
    {
        var graph = Array.Empty<byte>();
        for (var depth = 0; depth < 2000; depth++)
        {
            // A graph's node (1), its attribute (5), its graph (6).
            graph = OnnxBytes.Message(1, OnnxBytes.Message(5, OnnxBytes.Message(6, graph)));
        }

        Read(OnnxBytes.Message(7, graph), out var faults);

        Assert.Contains(faults, fault => fault.Message.Contains("nested", StringComparison.Ordinal));
    }

    [Fact]
    public void Nodes_in_any_order_are_read() => AssertValid(
        OnnxBytes.Node("Identity", ["b"], ["c"]), OnnxBytes.Node("Identity", ["a"], ["b"]), OnnxBytes.Node("Identity", ["x"], ["a"]));

    [Fact]
    public void An_inner_graph_may_use_values_around_it() => AssertValid(
        OnnxBytes.Node(
            "If", ["x"], ["c"], OnnxBytes.Graph("then_branch", OnnxBytes.Node("Add", ["a", "x"], ["b"]), OnnxBytes.Value(12, "b", 1))),
        OnnxBytes.Node("Identity", ["x"], ["a"]));

    [Fact]
    public void A_circle_through_an_inner_graph_is_a_fault()
    {
        var inner = OnnxBytes.Graph("then_branch", OnnxBytes.Node("Identity", ["c"], ["b"]), OnnxBytes.Value(12, "b", 1));

        Read(Model(OnnxBytes.Node("If", ["x"], ["c"], inner)), out var faults);

        Assert.Contains("form a circle", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_initializer_is_the_default_of_an_input_of_its_name()
    {
        var graph = AssertValid(
            OnnxBytes.Value(11, "d", 1),
            OnnxBytes.Message(5, OnnxBytes.Tensor("d", [1, 1], new float[1])),
            OnnxBytes.Node("Add", ["x", "d"], ["c"]));

        Assert.Equal("x", Assert.Single(graph.Inputs).Name);
    }

    [Fact]
    public void A_length_of_minus_one_is_not_known()
    {
        var graph = AssertValid(OnnxBytes.Value(11, "y", -1), OnnxBytes.Node("Add", ["x", "y"], ["c"]));

        Assert.Equal([null, null], graph.Inputs[1].Dimensions!);
    }

    [Fact]
    public void Nodes_of_the_older_tree_operators_may_share_a_child()
    {
        var attributes = TreeAttributes.OfRegressor();
        attributes["nodes_treeids"] = new long[5];
        attributes["nodes_nodeids"] = new long[] { 0, 1, 2, 3, 4 };
        attributes["nodes_featureids"] = new long[5];
        attributes["nodes_modes"] = Modes;
        attributes["nodes_truenodeids"] = new long[] { 2, 2, 0, 0, 0 };
        attributes["nodes_falsenodeids"] = new long[] { 1, 3, 0, 0, 0 };
        attributes["nodes_values"] = new float[5];

        AssertValid(OnnxBytes.Node("TreeEnsembleRegressor", ["x"], ["c"], MalformedTrees.Attributes(attributes)));
    }

    private static GraphFile AssertValid(params byte[][] nodes)
    {
        var graph = Read(Model(nodes), out var faults);

        Assert.Empty(faults);
        return graph!;
    }

    private static byte[] Model(params byte[][] nodes) =>
        OnnxBytes.Model([OnnxBytes.Value(11, "x", 1), .. nodes, OnnxBytes.Value(12, "c", 1)]);

    private static GraphFile? Read(byte[] content, out IReadOnlyList<BundleFault> faults)
    {
        var found = new BundleFaults();
        var graph = GraphReader.Read("model.onnx", content, new BundleLimits(), found);
        faults = found.ToList();
        return graph;
    }
}
