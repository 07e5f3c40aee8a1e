using System.Collections.Immutable;

namespace ModelApi.Inference.Registry;

/// <summary>What operators have decided about a model. Never changes; a decision makes a new one.</summary>
public sealed record ModelPlacement
{
    /// <summary>Of a model about which nothing was decided: its newest version that is ready serves.</summary>
    public static ModelPlacement Empty { get; } = new();

    /// <summary>Counts the decisions; 0 before the first.</summary>
    public long Revision { get; init; }

    /// <summary>
    /// Whether a stage was set once. Before that the newest ready version of the folder of models serves; from then on only one in
    /// <see cref="Stage.Production"/>.
    /// </summary>
    public bool IsStaged { get; init; }

    /// <summary>The stage of each version that has one.</summary>
    public ImmutableDictionary<string, Stage> Stages { get; init; } = ImmutableDictionary<string, Stage>.Empty;

    /// <summary>The version that each alias names.</summary>
    public ImmutableSortedDictionary<string, string> Aliases { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Versions that nobody may call.</summary>
    public ImmutableHashSet<string> DisabledVersions { get; init; } = [];

    /// <summary>Whether nobody may call the model.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Versions of the folder that were deleted from the registry, and stay so while their folders are there.</summary>
    public ImmutableHashSet<string> HiddenVersions { get; init; } = [];

    /// <summary>The version that proves itself, or null.</summary>
    public Rollout? Rollout { get; init; }

    /// <summary>The stage of a version.</summary>
    public Stage StageOf(string version) => Stages.GetValueOrDefault(version, Stage.None);

    /// <summary>Whether a version must not be called, by itself or with its whole model.</summary>
    public bool Disables(string version) => IsDisabled || DisabledVersions.Contains(version);
}
