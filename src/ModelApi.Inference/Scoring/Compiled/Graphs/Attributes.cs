using Google.Protobuf;
using Google.Protobuf.Collections;
using ModelApi.Inference.Scoring.Compiled.Graphs.Onnx;

namespace ModelApi.Inference.Scoring.Compiled.Graphs;

/// <summary>The attributes of one ONNX node.</summary>
internal sealed class Attributes
{
    private readonly Dictionary<string, CompiledAttribute> _attributes = new(StringComparer.Ordinal);

    public Attributes(CompiledNode node)
    {
        foreach (var attribute in node.Attribute)
        {
            if (!_attributes.TryAdd(attribute.Name, attribute))
            {
                throw new NotCompilableException($"{node.OpType} has the attribute '{attribute.Name}' twice");
            }
        }
    }

    public bool Has(string name) => _attributes.ContainsKey(name);

    public long Int(string name, long otherwise) => _attributes.TryGetValue(name, out var attribute) && attribute.HasI ? attribute.I : otherwise;

    public float Float(string name, float otherwise) => _attributes.TryGetValue(name, out var attribute) && attribute.HasF ? attribute.F : otherwise;

    public string Text(string name, string otherwise) =>
        _attributes.TryGetValue(name, out var attribute) && attribute.HasS ? attribute.S.ToStringUtf8() : otherwise;

    public RepeatedField<long> Ints(string name) => _attributes.TryGetValue(name, out var attribute) ? attribute.Ints : [];

    public RepeatedField<float> Floats(string name) => _attributes.TryGetValue(name, out var attribute) ? attribute.Floats : [];

    public RepeatedField<ByteString> Utf8s(string name) => _attributes.TryGetValue(name, out var attribute) ? attribute.Strings : [];

    public string[] Texts(string name) => [.. Utf8s(name).Select(text => text.ToStringUtf8())];

    public Constant? Tensor(string name) => _attributes.TryGetValue(name, out var attribute) && attribute.T is { } tensor ? Constant.Read(tensor) : null;
}
