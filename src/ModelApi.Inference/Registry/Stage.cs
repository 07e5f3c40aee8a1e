namespace ModelApi.Inference.Registry;

/// <summary>The stage of a version in its life.</summary>
public enum Stage
{
    /// <summary>Called only by its number.</summary>
    None,

    /// <summary>Serves calls without a version; at most one version of a model does.</summary>
    Production,
}
