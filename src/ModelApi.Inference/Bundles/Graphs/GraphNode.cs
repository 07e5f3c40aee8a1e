namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>A NodeProto whose attributes are not parsed yet.</summary>
internal sealed class GraphNode
{
    private GraphNode()
    {
    }

    public string Name { get; private set; } = "";

    public string Operator { get; private set; } = "";

    /// <summary>The operator set; empty for the plain one.</summary>
    public string Domain { get; private set; } = "";

    /// <summary>The values that it takes; an empty name for one that is left out.</summary>
    public List<string> Inputs { get; } = [];

    /// <summary>The values that it computes; an empty name for one that is left out.</summary>
    public List<string> Outputs { get; } = [];

    /// <summary>Each an AttributeProto.</summary>
    public List<ReadOnlyMemory<byte>> Attributes { get; } = [];

    /// <summary>What a fault calls the node.</summary>
    public string Place => Name.Length > 0 ? $"node '{Name}' ({Operator})" : $"node of '{Outputs.FirstOrDefault()}' ({Operator})";

    /// <exception cref="InvalidDataException">The message is no node.</exception>
    public static GraphNode Read(ProtobufReader fields)
    {
        var node = new GraphNode();
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 1: // input
                    node.Inputs.Add(fields.Text);
                    break;
                case 2: // output
                    node.Outputs.Add(fields.Text);
                    break;
                case 3: // name
                    node.Name = fields.Text;
                    break;
                case 4: // op_type
                    node.Operator = fields.Text;
                    break;
                case 5: // attribute
                    node.Attributes.Add(fields.Content);
                    break;
                case 7: // domain
                    node.Domain = fields.Text is "ai.onnx" ? "" : fields.Text;
                    break;
            }
        }

        return node;
    }
}
