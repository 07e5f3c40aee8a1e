using ModelApi.Inference.Signatures;

namespace ModelApi.Errors;

/// <summary>Tells the names that exist to a caller who asked for another.</summary>
internal static class KnownNames
{
    private const int MaxListed = 50;

    public static Dictionary<string, object?> Facts(IReadOnlyList<string> names) => new() { ["known"] = names.Take(MaxListed) };

    public static string List(IReadOnlyList<string> names) => names switch
    {
        [] => "There are none.",
        { Count: > MaxListed } => $"Known: {Quote(names.Take(MaxListed))} and {names.Count - MaxListed} more.",
        _ => $"Known: {Quote(names)}.",
    };

    /// <summary>The end of a sentence that says what does not exist: a full stop, or the name that was meant.</summary>
    public static string Suggest(string asked, IReadOnlyList<string> names) =>
        NearestName.Find(asked, names) is { } meant ? $"; did you mean '{meant}'?" : ".";

    private static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
