using ModelApi.Inference.Contracts;

namespace ModelApi.Deployments;

/// <summary>A change of a model that may be made.</summary>
/// <param name="Record">What the store is to know of the model; null when it is to forget it.</param>
/// <param name="Action">A word for the change: <c>promote</c>.</param>
/// <param name="Version">The version that it is about, if any.</param>
/// <param name="Before">The version that was in its place before, if any.</param>
internal sealed record Edit(ModelRecord? Record, string Action, string? Version = null, string? Before = null)
{
    /// <summary>How the contracts of the two versions differ; null where no version takes the place of another.</summary>
    public ContractComparison? Contract { get; init; }

    /// <summary>More about the change for its history, as a JSON object.</summary>
    public string? DetailJson { get; init; }

    /// <summary>Whether the record is as it was, so that there is nothing to save.</summary>
    public bool ChangesNothing { get; init; }
}
