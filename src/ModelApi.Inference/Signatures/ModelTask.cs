namespace ModelApi.Inference.Signatures;

/// <summary>What a model predicts.</summary>
public enum ModelTask
{
    /// <summary>One of a fixed list of classes, with a probability for each.</summary>
    Classification,

    /// <summary>A number.</summary>
    Regression,
}
