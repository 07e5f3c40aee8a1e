namespace ModelApi.Fuzz.Generation;

/// <summary>One field of a protobuf message, as it is on the wire.</summary>
internal sealed class ProtobufField(int number, int wireType)
{
    public int Number { get; } = number;

    public int WireType { get; } = wireType;

    /// <summary>The value of a varint.</summary>
    public ulong Value { get; set; }

    /// <summary>The content of any other field; unused where there are <see cref="Fields"/>.</summary>
    public byte[] Content { get; set; } = [];

    /// <summary>The fields of a message; null where the content is none.</summary>
    public List<ProtobufField>? Fields { get; set; }

    public ProtobufField Clone() => new(Number, WireType)
    {
        Value = Value,
        Content = (byte[])Content.Clone(),
        Fields = Fields is null ? null : [.. Fields.Select(field => field.Clone())],
    };
}
