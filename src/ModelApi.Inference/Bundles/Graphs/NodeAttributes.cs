namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>The attributes of one ONNX node.</summary>
internal sealed class NodeAttributes
{
    private readonly Dictionary<string, NodeAttribute> _attributes = new(StringComparer.Ordinal);

    /// <param name="messages">The AttributeProto of each.</param>
    /// <exception cref="InvalidDataException">An attribute is damaged or occurs twice.</exception>
    public NodeAttributes(IEnumerable<ReadOnlyMemory<byte>> messages)
    {
        foreach (var message in messages)
        {
            var attribute = NodeAttribute.Read(message);
            if (!_attributes.TryAdd(attribute.Name, attribute))
            {
                throw new InvalidDataException($"it has the attribute '{attribute.Name}' twice.");
            }
        }
    }

    public bool Has(string name) => _attributes.ContainsKey(name);

    public long Int(string name, long otherwise) => Find(name)?.Integer ?? otherwise;

    public float Float(string name, float otherwise) => Find(name)?.Float ?? otherwise;

    public string Text(string name, string otherwise) => Find(name)?.Text ?? otherwise;

    public long[] Ints(string name) => Find(name)?.Integers ?? [];

    public float[] Floats(string name) => Find(name)?.Floats ?? [];

    public Utf8List Utf8s(string name) => Find(name)?.Texts ?? new Utf8List();

    public string[] Texts(string name) => Utf8s(name).ToTexts();

    /// <summary>The TensorProto, or null.</summary>
    public ReadOnlyMemory<byte>? TensorMessage(string name) => Find(name)?.Tensor;

    private NodeAttribute? Find(string name) => _attributes.GetValueOrDefault(name);
}
