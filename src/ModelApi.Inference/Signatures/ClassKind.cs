namespace ModelApi.Inference.Signatures;

/// <summary>The JSON type of a model's classes.</summary>
public enum ClassKind
{
    /// <summary>Strings.</summary>
    Text,

    /// <summary>Whole numbers within 64 bits, such as -1 and 1.</summary>
    Integer,

    /// <summary>Numbers written with a fraction, such as the 1.0 and 2.0 that pandas makes of whole numbers with gaps.</summary>
    Number,

    /// <summary>False and true.</summary>
    Boolean,
}
