namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Bundles that must fail to load, each broken in one way. Needs Linux: some hold pipes and links.</summary>
internal static class MalformedBundles
{
    /// <summary>All of them; the names are distinct.</summary>
    public static IReadOnlyList<MalformedBundle> All { get; } =
    [
        .. MalformedManifests.All(),
        .. MalformedRows.All(),
        .. MalformedFiles.All(),
        .. MalformedGraphs.All(),
        .. MalformedTrees.All(),
    ];

    /// <summary>Writes each as version 1 of a model of its own, so that a server can be started over the folder.</summary>
    public static void WriteAll(string folder)
    {
        foreach (var bundle in All)
        {
            bundle.WriteTo(folder);
        }
    }
}
