namespace ModelApi.Inference.Signatures;

/// <summary>What JSON type a feature takes.</summary>
public enum FeatureType
{
    /// <summary>A whole number of at most 2^53 in magnitude; 41 and 41.0 are the same.</summary>
    Integer,

    /// <summary>A finite number within the range of a 32-bit float.</summary>
    Number,

    /// <summary>Text: one of the feature's categories, or free text when it has none.</summary>
    String,

    /// <summary>True or false.</summary>
    Boolean,
}
