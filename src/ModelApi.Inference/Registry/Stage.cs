namespace ModelApi.Inference.Registry;

/// <summary>Where a version stands in its life.</summary>
public enum Stage
{
    /// <summary>Loaded, and called only by its number.</summary>
    None,

    /// <summary>Served whenever the model is called without a version; at most one version of a model is.</summary>
    Production,
}
