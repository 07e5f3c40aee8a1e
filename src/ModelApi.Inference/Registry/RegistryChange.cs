namespace ModelApi.Inference.Registry;

/// <summary>Changes of models, by their names, that are published as one.</summary>
internal static class RegistryChange
{
    /// <summary>A change of one model.</summary>
    public static Dictionary<string, Func<VersionSet, VersionSet>> Of(string model, Func<VersionSet, VersionSet> change) =>
        new(StringComparer.Ordinal) { { model, change } };

    /// <summary>The addition of versions; one of a number that is there takes its place.</summary>
    public static Dictionary<string, Func<VersionSet, VersionSet>> Adding(IEnumerable<ModelVersion> versions)
    {
        var changes = new Dictionary<string, Func<VersionSet, VersionSet>>(StringComparer.Ordinal);
        foreach (var group in versions.GroupBy(version => version.Model, StringComparer.Ordinal))
        {
            var added = group.ToList();
            changes.Add(group.Key, set => set.Add(added));
        }

        return changes;
    }
}
