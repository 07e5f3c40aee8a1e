using static ModelApi.Inference.Tests.Fixtures.OnnxBytes;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Bundles whose graph is broken, or asks for more memory than its file holds.</summary>
internal static class MalformedGraphs
{
    private const string File = "model.onnx";

    private static readonly string[] Outputs = ["label", "probabilities"];

    // A classifier that answers whatever its weights say; its bundle's golden rows would refuse it.
    private static readonly byte[] Classifier = Node(
        "TreeEnsembleClassifier",
        ["features"],
        Outputs,
        [.. TreeAttributes.OfClassifier("benign", "malignant").Select(attribute => Attribute(attribute.Key, attribute.Value))]);

    private static readonly byte[][] Declared =
        [Value(11, "features", 30), Message(12, Text(1, "label"), Message(2, Message(1, Number(1, 8)))), Value(12, "probabilities", 2)];

    /// <summary>A graph that is whole, for the tests of this file.</summary>
    public static byte[] Whole { get; } = With();

    public static IEnumerable<MalformedBundle> All()
    {
        yield return Change("empty", "Not a valid ONNX file", _ => []);
        yield return Change("text", "Not a valid ONNX file", _ => "root:x:0:0"u8.ToArray());
        yield return Change("truncated", "Not a valid ONNX file", content => content[..(content.Length / 2)]);
        yield return Change("zeros", "Not a valid ONNX file", _ => new byte[1000]);
        yield return Graph("without-graph", "it holds no graph", Number(1, 9));
        yield return Graph("two-graphs", "it holds two graphs", [.. Whole, .. Whole]);
        yield return Graph("without-nodes", "nothing in it computes", Model(Declared));
        yield return Graph("without-outputs", "no output", Model(Declared[0], Classifier));
        yield return Graph("outputs-twice", "two of its outputs are called 'label'", With(Message(12, Text(1, "label"))));
        yield return Graph("inputs-twice", "is called 'features'", With(Value(11, "features", 30)));
        yield return Graph("value-computed-twice", "is called 'label'", With(Classifier));
        yield return Graph("value-of-input", "is called 'features'", With(Node("Identity", ["features"], ["features"])));
        yield return Graph("own-input", "form a circle", With(Node("Identity", ["x"], ["x"])));
        yield return Graph("circle", "form a circle", With(Node("Identity", ["x"], ["y"]), Node("Identity", ["y"], ["x"])));
        yield return Graph("input-missing", "nothing in it computes 'x'", With(Node("Identity", ["x"], ["y"])));
        yield return Graph("output-missing", "nothing in it computes 'x'", With(Value(12, "x", 1)));
        yield return Graph("output-of-other-type", "$.outputs.label: Must be",
            Model(Value(11, "features", 30), Classifier, Value(12, "label", 1), Value(12, "probabilities", 2)));
        yield return Graph("output-of-other-width", "$.outputs.probabilities: Must have 2 columns",
            Model(Declared[0], Classifier, Declared[1], Value(12, "probabilities", 1L << 40)));
        yield return Graph("input-of-other-width", "Takes 1099511627776 columns",
            Model(Value(11, "features", 1L << 40), Classifier, Declared[1], Declared[2]));
        yield return Graph("input-of-negative-width", "has the length -2",
            Model(Value(11, "features", -2), Classifier, Declared[1], Declared[2]));
        yield return Graph("inputs-20001", "more than 10000 inputs or outputs",
            With([.. Enumerable.Range(0, 20_001).Select(i => Value(11, $"i{i}", 1))]));
        yield return Graph("nodes-100001", "more than 100000 nodes",
            With([.. Enumerable.Range(0, 100_001).Select(i => Node("Identity", ["features"], [$"i{i}"]))]));
        yield return Graph("nested-60", "nested more than 30 deep", With(Nested(60)));
        yield return Graph("function-of-itself", "call each other without end", Functions(1, (_, _) => ["f0"]));
        yield return Graph("functions-doubling", "more than 100000 nodes",
            Functions(40, (i, last) => i == last ? [] : [$"f{i + 1}", $"f{i + 1}"]));

        yield return Graph("tensor-short", "tensor 't': Not a valid tensor", With(Message(5, Tensor("t", [3], new float[2]))));
        yield return Graph("tensor-long", "tensor 't': Not a valid tensor", With(Message(5, Tensor("t", [3], new float[4]))));
        yield return Graph("tensor-negative", "negative length", With(Message(5, Tensor("t", [-1], new float[1]))));
        yield return Graph("tensor-overflow", "more elements than", With(Message(5, Tensor("t", [1L << 62, 4], Array.Empty<float>()))));
        yield return Graph("tensor-huge-and-empty", "its shape needs", With(Message(5, Tensor("t", [1 << 30], Array.Empty<float>()))));
        yield return Graph("tensor-of-node-short", "tensor 't': Not a valid tensor",
            With(Node("Constant", [], ["c"], Attribute("value", Tensor("t", [3], new float[1])))));
        yield return Graph("tensors-twice", "is called 't'",
            With(Message(5, Tensor("t", [1], new float[1])), Message(5, Tensor("t", [1], new float[1]))));
        yield return Graph("tensor-outside", "another file",
            With(Message(5, Text(8, "t"), Number(2, 1), Number(1, 3), Message(13, Text(1, "location"), Text(2, "/etc/passwd")))));
        yield return Graph("tensor-with-two-values", "two values", With(
            Node("Constant", [], ["c"],
                Message(5, Text(1, "value"), Message(5, Tensor("t", [1], new float[1])), Message(5, Tensor("t", [1], new float[1]))))));

        foreach (var (name, nodes) in Sizes())
        {
            yield return Graph($"size-{name}", "that are not in the file", With(nodes));
        }

        yield return Graph("unknown-operator", "ONNX Runtime cannot load it", With(Node("NoSuchOperator", ["features"], ["y"])));
        yield return Graph("unknown-domain", "ONNX Runtime cannot load it", With(NodeOf("no.such", "Identity", ["features"], ["y"])));
    }

    /// <summary>Nodes whose output has billions of elements.</summary>
    private static IEnumerable<(string Name, byte[][] Nodes)> Sizes()
    {
        const long Huge = 1L << 33;
        yield return ("constant-of-shape", [Integers("s", Huge), Node("ConstantOfShape", ["s"], ["y"])]);
        yield return ("constant-of-constant",
            [Node("Constant", [], ["s"], Attribute("value_ints", new[] { Huge, 2 })), Node("ConstantOfShape", ["s"], ["y"])]);
        yield return ("expand", [Integers("s", 1 << 20, 1 << 20), Node("Expand", ["features", "s"], ["y"])]);
        yield return ("tile", [Integers("s", 1, Huge), Node("Tile", ["features", "s"], ["y"])]);
        yield return ("random", [Node("RandomNormal", [], ["y"], Attribute("shape", new[] { Huge }))]);
        yield return ("one-hot", [Integers("s", Huge), Integers("v", 0, 1), Node("OneHot", ["features", "s", "v"], ["y"])]);
        yield return ("range", [Integers("a", 0), Integers("b", Huge), Integers("c", 1), Node("Range", ["a", "b", "c"], ["y"])]);
        yield return ("pad", [Integers("s", 0, 0, 0, Huge), Node("Pad", ["features", "s"], ["y"])]);
        yield return ("window", [Integers("s", Huge), Node("HannWindow", ["s"], ["y"])]);
        yield return ("vectorizer", [Node("FeatureVectorizer", ["features"], ["y"], Attribute("inputdimensions", new[] { Huge }))]);
        yield return ("ngrams", [Node("TfIdfVectorizer", ["features"], ["y"], Attribute("ngram_indexes", new[] { 0, Huge }))]);
        yield return ("sparse",
            [Message(15, Message(1, Tensor("y", [1], new float[1])), Message(2, Tensor("i", [1], new long[1])), Number(3, Huge))]);
        yield return ("inner", [Node(
            "If",
            ["features"],
            ["y"],
            OnnxBytes.Graph("then_branch", Integers("s", Huge), Node("ConstantOfShape", ["s"], ["z"]), Value(12, "z", 1)))]);
    }

    private static byte[] With(params byte[][] more) => Model([.. Declared, Classifier, .. more]);

    private static byte[] Nested(int depth) => depth == 0
        ? Node("Identity", ["features"], ["y"])
        : Node("If", ["features"], ["y"], OnnxBytes.Graph("then_branch", Nested(depth - 1), Value(12, "y", 1)));

    private static byte[] Functions(int count, Func<int, int, string[]> calls)
    {
        var functions = Enumerable.Range(0, count).Select(i => Message(
            25,
            [
                Text(1, $"f{i}"),
                Text(10, "own"),
                Text(4, "x"),
                Text(5, "y"),
                .. calls(i, count - 1).Select((call, at) => Message(7, Text(1, "x"), Text(2, $"z{at}"), Text(4, call), Text(7, "own"))),
                Message(7, Text(1, "x"), Text(2, "y"), Text(4, "Identity")),
            ]));
        return Model(3, [.. functions], [.. Declared, Classifier, NodeOf("own", "f0", ["features"], ["called"])]);
    }

    private static MalformedBundle Graph(string name, string fault, byte[] content) => Change(name, fault, _ => content);

    private static MalformedBundle Change(string name, string fault, Func<byte[], byte[]> change) => new($"graph-{name}", fault, bundle =>
        bundle.Write(File, change(System.IO.File.ReadAllBytes(bundle.PathOf(File)))));
}
