namespace ModelApi.Cli;

/// <summary>Finds the bundles that a path on the command line means.</summary>
internal static class BundleFolders
{
    private const string Manifest = "model.json";

    /// <summary>The bundle itself, or every bundle of a model or of a folder of models.</summary>
    /// <exception cref="CommandException">The folder does not exist, or there is no bundle in it.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new CommandException(File.Exists(folder)
                ? $"'{path}' is a file; give the folder of a bundle, such as models/bank/1."
                : $"There is no folder '{path}'; give a bundle (models/bank/1), a model (models/bank) or a folder of models (models).");
        }

        if (IsBundle(folder))
        {
            return [folder];
        }

        // Hidden folders are left out, as a server leaves them out: pack works in one.
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.Hidden };
        var found = Directory.EnumerateDirectories(folder, "*", options)
            .SelectMany(child => IsBundle(child) ? [child] : Directory.EnumerateDirectories(child, "*", options))
            .Where(IsBundle)
            .Order(StringComparer.Ordinal)
            .ToList();
        return found.Count > 0
            ? found
            : throw new CommandException(
                $"There is no bundle in '{path}': a bundle is a folder with a {Manifest}, such as models/bank/1.");
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

    private static bool IsBundle(string folder) => File.Exists(Path.Combine(folder, Manifest));
}
