namespace ModelApi.Inference.Signatures;

/// <summary>The JSON type of an output that is returned as it is.</summary>
public enum OtherKind
{
    /// <summary>32-bit floats.</summary>
    Float,

    /// <summary>64-bit floats.</summary>
    Double,

    /// <summary>Whole numbers.</summary>
    Integer,

    /// <summary>Strings.</summary>
    Text,

    /// <summary>True or false.</summary>
    Boolean,
}
