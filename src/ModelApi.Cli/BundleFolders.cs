namespace ModelApi.Cli;

/// <summary>Finds the bundles that a path on the command line means.</summary>
internal static class BundleFolders
{
    /// <summary>The bundle itself, or every bundle of a model or of a folder of models.</summary>
    /// <exception cref="CommandException">There is no such folder, or no bundle in it.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new CommandException($"There is no folder '{path}'.");
        }

        if (File.Exists(Path.Combine(folder, "model.json")))
        {
            return [folder];
        }

        var found = Directory.EnumerateDirectories(folder)
            .SelectMany(child => File.Exists(Path.Combine(child, "model.json")) ? [child] : Directory.EnumerateDirectories(child))
            .Where(candidate => File.Exists(Path.Combine(candidate, "model.json")))
            .Order(StringComparer.Ordinal)
            .ToList();
        return found.Count > 0 ? found : throw new CommandException($"There is no bundle (a folder with a model.json) in '{path}'.");
    }

    /// <summary>The bundle itself, or the newest of a model.</summary>
    /// <exception cref="CommandException">There is none, or the path means several models.</exception>
    public static string FindNewest(string path)
    {
        var found = Find(path);
        var models = found.Select(Path.GetDirectoryName).Distinct().ToList();
        return models.Count == 1
            ? found.OrderBy(folder => Path.GetFileName(folder).Length).ThenBy(Path.GetFileName, StringComparer.Ordinal).Last()
            : throw new CommandException($"'{path}' holds several models: {string.Join(", ", models.Select(Path.GetFileName))}. Give one.");
    }
}
