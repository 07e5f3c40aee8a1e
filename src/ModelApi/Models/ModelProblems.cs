using System.Globalization;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.OpenApi;

namespace ModelApi.Models;

/// <summary>Problems that requests for a model can end in, as examples for the documentation.</summary>
internal sealed class ModelProblems(ModelRegistry registry, VersionLookup versions)
{
    public static Problem NotReady { get; } = Problem.Of(VersionLookup.BeingLoaded);

    /// <summary>The answers to wrong names in the address of a model or version that is served.</summary>
    public IEnumerable<Problem> UnknownNames(ModelRoutes routes)
    {
        if (routes.NamesModel)
        {
            yield return UnknownModel(routes.Version.Model);
        }

        if (routes.NamesVersion && registry.Snapshot.Find(routes.Version.Model) is { } model)
        {
            yield return UnknownVersion(model);
        }
    }

    /// <summary>The answer to a misspelt model.</summary>
    public Problem UnknownModel(string model)
    {
        var misspelt = Misspelling.Of(model, registry.Snapshot.Models.Select(known => known.Name));
        return versions.TryFindModel(misspelt, out _, out var failure)
            ? throw new InvalidOperationException($"A model '{misspelt}' was added in the meantime.")
            : Problem.Of(failure);
    }

    /// <summary>The answer to a version that does not exist.</summary>
    public static Problem UnknownVersion(Model model)
    {
        var numbers = Enumerable.Range(1, int.MaxValue).Select(number => number.ToString(CultureInfo.InvariantCulture));
        return Problem.Of(VersionLookup.UnknownVersion(model, numbers.First(number => model.Find(number) is null)));
    }
}
