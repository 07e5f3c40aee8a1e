using System.Diagnostics.CodeAnalysis;
using ModelApi.Errors;
using ModelApi.Inference.Registry;

namespace ModelApi.Models;

/// <summary>Finds the version that a route means, or says why there is none.</summary>
internal sealed class VersionLookup(ModelRegistry registry)
{
    /// <param name="name">The model or <c>model@alias</c>, or null for the default one.</param>
    /// <param name="number">The version, or null for the one in production.</param>
    /// <param name="version">A version that can be called.</param>
    /// <param name="failure">Why there is none.</param>
    public bool TryFind(
        string? name,
        string? number,
        [NotNullWhen(true)] out ModelVersion? version,
        [NotNullWhen(false)] out PredictionFailure? failure) => TryFind(name, number, out version, out _, out failure);

    /// <param name="name">The model or <c>model@alias</c>, or null for the default one.</param>
    /// <param name="number">The version, or null for the one in production.</param>
    /// <param name="version">A version that can be called.</param>
    /// <param name="trial">Its model, where the one in production was found and a rollout compares another version with it.</param>
    /// <param name="failure">Why there is none.</param>
    public bool TryFind(
        string? name,
        string? number,
        [NotNullWhen(true)] out ModelVersion? version,
        out Model? trial,
        [NotNullWhen(false)] out PredictionFailure? failure)
    {
        var snapshot = registry.Snapshot;
        var model = snapshot.Find(name ?? registry.DefaultModel);
        if (model is null && number is null && name is not null && snapshot.FindAlias(name) is { } named)
        {
            (model, number) = named;
        }

        version = number is null ? model?.Production : model?.Find(number);
        if (version is { State: VersionState.Ready })
        {
            trial = number is null && model!.Candidate is not null ? model : null;
            failure = null;
            return true;
        }

        trial = null;
        failure = Explain(snapshot, name, model, number, version);
        version = null;
        return false;
    }

    public bool TryFindModel(string name, [NotNullWhen(true)] out Model? model, [NotNullWhen(false)] out PredictionFailure? failure)
    {
        var snapshot = registry.Snapshot;
        model = snapshot.Find(name) ?? snapshot.FindAlias(name)?.Model;
        failure = model is not null ? null : snapshot.IsScanned ? Unknown(snapshot, name) : BeingLoaded;
        return failure is null;
    }

    public static PredictionFailure UnknownVersion(Model model, string number) =>
        Failures.UnknownVersion(model.Name, number, [.. model.Versions.Select(known => known.Version)]);

    private PredictionFailure Explain(
        RegistrySnapshot snapshot, string? name, Model? model, string? number, ModelVersion? version) => (model, number, version) switch
        {
            (null, _, _) when !snapshot.IsScanned => BeingLoaded,
            (null, _, _) when name is not null => Unknown(snapshot, name),
            (null, _, _) when registry.DefaultModel is null && snapshot.Models.Count > 0 =>
                Failures.NoDefaultModel([.. snapshot.Models.Select(known => known.Name)]),
            (null, _, _) when snapshot.Models.Count == 0 => Failures.NotReady("There is no model; the server's log says why."),
            (null, _, _) when MissingDefault.Explain(snapshot, registry.DefaultModel) is { } missing => Failures.NotReady(missing),
            ({ } known, { } missing, null) => UnknownVersion(known, missing),
            (_, _, { } found) => Explain(found),
            ({ Placement.IsDisabled: true } disabled, _, _) => Failures.NotReady(
                $"Model '{disabled.Name}' is disabled; POST /models/{disabled.Name}/enable enables it."),
            ({ IsLoading: true } loading, _, _) => Failures.NotReady($"Model '{loading.Name}' is being loaded."),
            ({ } staged, _, _) when InProduction(staged) is { } production => Explain(production),
            ({ } known, _, _) when known.Versions.Any(candidate => candidate.State == VersionState.Ready) => Failures.NotReady(
                $"No version of model '{known.Name}' is in production; "
                + $"POST /models/{known.Name}/versions/{{version}}/stage with {{\"stage\":\"Production\"}} moves one there."),
            _ => Failures.NotReady($"No version of model '{name ?? registry.DefaultModel}' is ready; GET /models says why."),
        };

    private static ModelVersion? InProduction(Model model) => model.Versions.FirstOrDefault(
        version => version.State != VersionState.Ready && model.StageOf(version) == Stage.Production);

    private static PredictionFailure Explain(ModelVersion version)
    {
        var address = $"/models/{version.Model}/versions/{version.Version}";
        var named = $"Version {version.Version} of model '{version.Model}'";
        return Failures.NotReady(version.State switch
        {
            VersionState.Failed => $"{named} failed to load; GET {address} says why.",
            VersionState.Unloaded => $"{named} is not loaded: {version.Faults[0].Message}",
            VersionState.Disabled => $"{named} is disabled; POST {address}/enable enables it.",
            VersionState.Checking => $"{named} is being proved.",
            _ => $"{named} is being loaded.",
        });
    }

    private static PredictionFailure Unknown(RegistrySnapshot snapshot, string name) =>
        Failures.UnknownModel(name, [.. snapshot.Models.Select(known => known.Name)]);

    public static PredictionFailure BeingLoaded => Failures.NotReady("The models are being loaded.");
}
