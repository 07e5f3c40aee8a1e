using ModelApi.Inference.Registry;
using ModelApi.Inference.Signatures;

namespace ModelApi.Models;

/// <summary>Explains a default model that is not among the models.</summary>
internal static class MissingDefault
{
    private const int MostListed = 20;

    /// <returns>Null when the default model is among the models, when none is configured, or when the models are not known.</returns>
    public static string? Explain(RegistrySnapshot snapshot, string? name)
    {
        if (name is null || snapshot.Models.Count == 0 || snapshot.Find(name) is not null)
        {
            return null;
        }

        var known = snapshot.Models.Select(model => model.Name).ToList();
        var hint = NearestName.Find(name, known) is { } nearest
            ? $"did you mean '{nearest}'?"
            : $"the models are {string.Join(", ", known.Take(MostListed))}"
                + (known.Count > MostListed ? $" and {known.Count - MostListed} more." : ".");
        return $"The default model '{name}' (Models:Default) does not exist; {hint}";
    }
}
