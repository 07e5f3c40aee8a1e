using System.Diagnostics.CodeAnalysis;
using ModelApi.Errors;
using ModelApi.Inference.Registry;

namespace ModelApi.Models;

/// <summary>Finds the version that a route means, or says why there is none.</summary>
internal sealed class VersionLookup(ModelRegistry registry)
{
    /// <param name="name">The model, or null for the default one.</param>
    /// <param name="number">The version, or null for the one in production.</param>
    /// <param name="version">A version that can be called.</param>
    /// <param name="failure">Why there is none.</param>
    public bool TryFind(
        string? name,
        string? number,
        [NotNullWhen(true)] out ModelVersion? version,
        [NotNullWhen(false)] out PredictionFailure? failure)
    {
        var snapshot = registry.Snapshot;
        var model = snapshot.Find(name ?? registry.DefaultModel);
        version = number is null ? model?.Production : model?.Find(number);
        if (version is { State: VersionState.Ready })
        {
            failure = null;
            return true;
        }

        failure = Explain(snapshot, name, model, number, version);
        version = null;
        return false;
    }

    public bool TryFindModel(string name, [NotNullWhen(true)] out Model? model, [NotNullWhen(false)] out PredictionFailure? failure)
    {
        var snapshot = registry.Snapshot;
        model = snapshot.Find(name);
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
            (_, _, { State: VersionState.Loading } loading) => Failures.NotReady(
                $"Version {loading.Version} of model '{loading.Model}' is being loaded."),
            (_, _, { } failed) => Failures.NotReady(
                $"Version {failed.Version} of model '{failed.Model}' failed to load; "
                + $"GET /models/{failed.Model}/versions/{failed.Version} says why."),
            ({ IsLoading: true } loading, _, _) => Failures.NotReady($"Model '{loading.Name}' is being loaded."),
            _ => Failures.NotReady($"No version of model '{name ?? registry.DefaultModel}' is ready; GET /models says why."),
        };

    private static PredictionFailure Unknown(RegistrySnapshot snapshot, string name) =>
        Failures.UnknownModel(name, [.. snapshot.Models.Select(known => known.Name)]);

    public static PredictionFailure BeingLoaded => Failures.NotReady("The models are being loaded.");
}
