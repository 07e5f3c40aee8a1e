namespace ModelApi.Inference.Registry;

/// <summary>Where the value of a <see cref="RolloutKey"/> is found.</summary>
public enum RolloutKeyKind
{
    /// <summary>The caller's name.</summary>
    Caller,

    /// <summary>A header of the request.</summary>
    Header,

    /// <summary>A feature of the first row.</summary>
    Feature,
}
