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

    private static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
