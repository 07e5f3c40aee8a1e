using System.Text;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Writes ONNX files byte by byte, also those that no library would write.</summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding; the numbers of the fields are those of onnx.proto.</remarks>
internal static class OnnxBytes
{
    public static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    public static byte[] Message(int field, params byte[][] parts)
    {
        var length = parts.Sum(part => part.Length);
        return [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)length), .. parts.SelectMany(part => part)];
    }

    public static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    /// <summary>A model with one graph, of version 3 of the operators of <c>ai.onnx.ml</c>.</summary>
    /// <param name="graph">The fields of the graph.</param>
    public static byte[] Model(params byte[][] graph) => Model(3, [], graph);

    /// <param name="ml">The version of the operators of <c>ai.onnx.ml</c>: 5 for TreeEnsemble, 3 for the older ones.</param>
    /// <param name="fields">Fields of the model beside its graph.</param>
    /// <param name="graph">The fields of the graph.</param>
    public static byte[] Model(int ml, byte[][] fields, byte[][] graph) =>
    [
        .. Number(1, 9),
        .. Message(8, Text(1, ""), Number(2, 19)),
        .. Message(8, Text(1, "ai.onnx.ml"), Number(2, ml)),
        .. fields.SelectMany(field => field),
        .. Message(7, [Text(2, "g"), .. graph]),
    ];

    /// <summary>An input (11) or output (12) of a graph: 32-bit floats of the shape <c>[N, columns]</c>.</summary>
    public static byte[] Value(int field, string name, long columns) => Message(
        field,
        Text(1, name),
        Message(2, Message(1, Number(1, 1), Message(2, Message(1, Text(2, "N")), Message(1, Number(1, columns))))));

    public static byte[] Node(string type, string[] inputs, string[] outputs, params byte[][] attributes) =>
        NodeOf(
            type.StartsWith("Tree", StringComparison.Ordinal) || type == "FeatureVectorizer" ? "ai.onnx.ml" : "",
            type,
            inputs,
            outputs,
            attributes);

    public static byte[] NodeOf(string domain, string type, string[] inputs, string[] outputs, params byte[][] attributes) => Message(
        1,
        [
            .. inputs.Select(input => Text(1, input)),
            .. outputs.Select(output => Text(2, output)),
            Text(4, type),
            .. attributes,
            Text(7, domain),
        ]);

    /// <summary>An attribute of a node; the numbers are those of AttributeProto.AttributeType.</summary>
    public static byte[] Attribute(string name, object value) => value switch
    {
        int or long => Message(5, Text(1, name), Number(3, Convert.ToInt64(value, null)), Number(20, 2)),
        string text => Message(5, Text(1, name), Text(4, text), Number(20, 3)),
        byte[] tensor => Message(5, Text(1, name), Message(5, tensor), Number(20, 4)),
        float[] floats => Message(5, [Text(1, name), Message(7, Bytes(floats)), Number(20, 6)]),
        long[] integers => Message(5, [Text(1, name), .. integers.Select(integer => Number(8, integer)), Number(20, 7)]),
        string[] texts => Message(5, [Text(1, name), .. texts.Select(text => Text(9, text)), Number(20, 8)]),
        _ => throw new ArgumentException($"No attribute is a {value.GetType()}.", nameof(value)),
    };

    /// <summary>An attribute that is a graph.</summary>
    public static byte[] Graph(string name, params byte[][] graph) =>
        Message(5, Text(1, name), Message(6, [Text(2, "inner"), .. graph]), Number(20, 5));

    /// <summary>The content of a TensorProto.</summary>
    public static byte[] Tensor(string name, long[] shape, float[] data) =>
        [.. shape.SelectMany(length => Number(1, length)), .. Number(2, 1), .. Text(8, name), .. Message(9, Bytes(data))];

    /// <inheritdoc cref="Tensor(string, long[], float[])"/>
    public static byte[] Tensor(string name, long[] shape, long[] data) =>
    [
        .. shape.SelectMany(length => Number(1, length)),
        .. Number(2, 7),
        .. Text(8, name),
        .. Message(9, [.. data.SelectMany(BitConverter.GetBytes)]),
    ];

    /// <inheritdoc cref="Tensor(string, long[], float[])"/>
    public static byte[] Tensor(string name, long[] shape, byte[] data) =>
        [.. shape.SelectMany(length => Number(1, length)), .. Number(2, 2), .. Text(8, name), .. Message(9, data)];

    /// <summary>An initializer of a graph: a vector of integers.</summary>
    public static byte[] Integers(string name, params long[] data) => Message(5, Tensor(name, [data.Length], data));

    private static byte[] Bytes(float[] floats) => [.. floats.SelectMany(BitConverter.GetBytes)];

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return bytes;
    }
}
