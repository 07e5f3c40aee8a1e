namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>What the lists of all tree operators have in common.</summary>
internal static class TreeLists
{
    /// <exception cref="InvalidDataException">The list has another length.</exception>
    public static void RequireLength(string name, long actual, long expected)
    {
        if (actual != expected)
        {
            throw new InvalidDataException($"its list {name} has {actual} items where {expected} are due.");
        }
    }

    /// <exception cref="InvalidDataException">There is a list, and it has another length.</exception>
    public static void RequireLengthOrNone(string name, long actual, long expected)
    {
        if (actual > 0)
        {
            RequireLength(name, actual, expected);
        }
    }

    /// <exception cref="InvalidDataException">The index cannot be one of a column.</exception>
    public static void RequireFeature(long feature)
    {
        if (feature is < 0 or > int.MaxValue)
        {
            throw new InvalidDataException($"it compares column {feature}.");
        }
    }

    /// <summary>The length of a list of 32-bit floats, or of the tensor that stands for it.</summary>
    /// <exception cref="InvalidDataException">The tensor's data do not match its shape.</exception>
    public static long CountNumbers(NodeAttributes attributes, string name)
    {
        var floats = attributes.Floats(name).Length;
        return Tensor(attributes, $"{name}_as_tensor") is { Elements: > 0 } tensor ? tensor.Elements : floats;
    }

    /// <exception cref="InvalidDataException">The tensor's data do not match its shape, or lie in another file.</exception>
    public static TensorReader? Tensor(NodeAttributes attributes, string name)
    {
        if (attributes.TensorMessage(name) is not { } message)
        {
            return null;
        }

        var tensor = TensorReader.Read(new ProtobufReader(message));
        if (tensor.IsExternal)
        {
            throw new InvalidDataException($"its tensor {name} lies in another file.");
        }

        tensor.Check();
        return tensor;
    }
}
