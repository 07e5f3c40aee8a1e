using ModelApi.Inference.Scoring.Compiled.Graphs.Onnx;

namespace ModelApi.Inference.Scoring.Compiled.Graphs;

/// <summary>The attributes of one ONNX node.</summary>
internal sealed class Attributes
{
    private readonly Dictionary<string, Attribute> _attributes = new(StringComparer.Ordinal);

    /// <exception cref="NotCompilableException">An attribute cannot be read, or is there twice.</exception>
    public Attributes(CompiledNode node)
    {
        foreach (var message in node.Attribute)
        {
            var attribute = Attribute.Read(message);
            if (!_attributes.TryAdd(attribute.Name, attribute))
            {
                throw new NotCompilableException($"{node.OpType} has the attribute '{attribute.Name}' twice");
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

    public Constant? Tensor(string name) => Find(name)?.Tensor;

    private Attribute? Find(string name) => _attributes.GetValueOrDefault(name);
}
