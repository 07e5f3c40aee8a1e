namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Finds the repository that the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Models => Path.Combine(Root, "models");

    public static string Bank => Path.Combine(Models, "bank", "1");

    /// <summary>The bundles that ship, as <c>model/version</c>.</summary>
    public static IReadOnlyList<string> Bundles { get; } =
        [.. Directory.EnumerateFiles(Models, "model.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Models, Path.GetDirectoryName(file)!).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ModelApi.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("ModelApi.sln was not found above the tests.");
    }
}
