namespace ModelApi.OpenApi;

/// <summary>Misspells names as people do, for examples of errors.</summary>
internal static class Misspelling
{
    /// <param name="name">A name.</param>
    /// <param name="taken">Names that are spelt right.</param>
    /// <returns>The name with its second and third letter swapped where that gives a new one; otherwise with letters added.</returns>
    public static string Of(string name, params IEnumerable<string> taken)
    {
        var spelt = taken.Append(name).ToHashSet(StringComparer.Ordinal);
        var misspelt = name.Length < 3 ? name : $"{name[0]}{name[2]}{name[1]}{name.AsSpan(3)}";
        while (spelt.Contains(misspelt))
        {
            misspelt += 'e';
        }

        return misspelt;
    }
}
