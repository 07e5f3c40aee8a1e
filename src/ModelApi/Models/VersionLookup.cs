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
    /// <param name="problem">Why there is none.</param>
    public bool TryFind(string? name, string? number, [NotNullWhen(true)] out ModelVersion? version, [NotNullWhen(false)] out Problem? problem)
    {
        // Before the search: what is loaded in between must not be told to be unknown.
        var isLoaded = registry.IsLoaded;
        var model = registry.Find(name ?? registry.DefaultModel);
        version = number is null ? model?.Production : model?.Find(number);
        if (version is { State: VersionState.Ready })
        {
            problem = null;
            return true;
        }

        problem = isLoaded ? Explain(name, model, number, version) : Loading();
        version = null;
        return false;
    }

    public bool TryFindModel(string name, [NotNullWhen(true)] out Model? model, [NotNullWhen(false)] out Problem? problem)
    {
        var isLoaded = registry.IsLoaded;
        model = registry.Find(name);
        problem = model is not null ? null : isLoaded ? Unknown(name) : Loading();
        return problem is null;
    }

    public static Problem UnknownVersion(Model model, string number) =>
        Problems.UnknownVersion(model.Name, number, model.Versions.Select(known => known.Version));

    private Problem Explain(string? name, Model? model, string? number, ModelVersion? version) => (model, number, version) switch
    {
        (null, _, _) when name is not null => Unknown(name),
        ({ } known, { } missing, null) => UnknownVersion(known, missing),
        (_, _, { } failed) => Problems.NotReady($"Version {failed.Version} of model '{failed.Model}' failed to load; GET /models/{failed.Model}/versions/{failed.Version} says why."),
        _ => Problems.NotReady($"No version of model '{name ?? registry.DefaultModel}' is ready; GET /models says why."),
    };

    private Problem Unknown(string name) => Problems.UnknownModel(name, registry.Models.Select(known => known.Name));

    private static Problem Loading() => Problems.NotReady("The models are still being loaded.");
}
