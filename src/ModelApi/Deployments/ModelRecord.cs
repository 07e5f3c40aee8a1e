namespace ModelApi.Deployments;

/// <summary>What the store keeps about a model: what was decided about it, as one whole.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Revision">
/// Grows with each change, above that of every earlier change of any model, also when a model of this name was deleted in between; 0 for a
/// model that the store does not know.
/// </param>
/// <param name="IsDisabled">Whether calls of all its versions are refused.</param>
/// <param name="IsStaged">Whether a stage was ever set; before that, the newest ready version of the folder serves.</param>
/// <param name="RolloutJson">The rollout in progress, as JSON; null for none.</param>
/// <param name="RolloutStateJson">
/// What the rollout has found so far, as JSON. Read only: <see cref="IDeploymentStore.SaveRolloutStateAsync"/> writes it, and a change
/// of the rollout begins anew.
/// </param>
/// <param name="Versions">The versions that the store knows, by name.</param>
/// <param name="Aliases">Versions by alias.</param>
internal sealed record ModelRecord(
    string Name,
    long Revision,
    bool IsDisabled,
    bool IsStaged,
    string? RolloutJson,
    string? RolloutStateJson,
    IReadOnlyList<VersionRecord> Versions,
    IReadOnlyDictionary<string, string> Aliases)
{
    private static readonly Dictionary<string, string> NoAliases = [];

    /// <summary>A model that the store does not know yet.</summary>
    public static ModelRecord New(string name) =>
        new(name, Revision: 0, IsDisabled: false, IsStaged: false, RolloutJson: null, RolloutStateJson: null, [], NoAliases);
}
