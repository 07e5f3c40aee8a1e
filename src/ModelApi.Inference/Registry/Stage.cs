namespace ModelApi.Inference.Registry;

/// <summary>The stage of a version in its life. Every version that is loaded can be called by its number, whatever its stage.</summary>
public enum Stage
{
    /// <summary>Called only by its number, or by an alias.</summary>
    None,

    /// <summary>Meant for production, and tried before.</summary>
    Staging,

    /// <summary>Serves calls without a version; at most one version of a model does.</summary>
    Production,

    /// <summary>Was in production, or is no longer meant for it.</summary>
    Archived,
}
