using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Bundles;

public sealed class GraphReaderTests
{
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
        Assert.StartsWith("Not an ONNX file: ", Assert.Single(faults).Message, StringComparison.Ordinal);
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
            graph = Message(1, Message(5, Message(6, graph)));
        }

        Read(Message(7, graph), out var faults);

        Assert.Contains("nested", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    private static GraphFile? Read(byte[] content, out List<BundleFault> faults)
    {
        faults = [];
        return GraphReader.Read("model.onnx", content, [], faults);
    }

    private static byte[] Message(int field, byte[] content)
    {
        var length = new List<byte>();
        for (var rest = content.Length; ; rest >>= 7)
        {
            length.Add((byte)(rest < 0x80 ? rest : (rest & 0x7F) | 0x80));
            if (rest < 0x80)
            {
                return [(byte)((field << 3) | 2), .. length, .. content];
            }
        }
    }
}
