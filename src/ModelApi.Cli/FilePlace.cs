namespace ModelApi.Cli;

/// <summary>Tells whether two paths mean the same file.</summary>
internal static class FilePlace
{
    // More links than this are a circle; Linux gives up at the same number.
    private const int MostLinks = 40;

    /// <summary>Whether the paths lead to one file: by another spelling, links, or a case that the file system ignores.</summary>
    /// <remarks>A hard link is a file of its own here: an output replaces it, and does not write through it.</remarks>
    public static bool AreSame(string first, string second) => Resolve(first) == Resolve(second);

    private static string Resolve(string path)
    {
        var links = 0;
        return Resolve(Path.GetFullPath(path), ref links);
    }

    private static string Resolve(string path, ref int links)
    {
        var folder = Path.GetDirectoryName(path);
        if (folder is null)
        {
            return path;
        }

        folder = Resolve(folder, ref links);
        var place = Path.Combine(folder, StoredName(folder, Path.GetFileName(path)));
        if (new FileInfo(place).LinkTarget is not { } target || ++links > MostLinks)
        {
            return place;
        }

        return Resolve(Path.GetFullPath(target, folder), ref links);
    }

    // The name as the folder lists it, which differs where the file system ignores case.
    private static string StoredName(string folder, string name)
    {
        if (!Path.Exists(Path.Combine(folder, name)))
        {
            return name;
        }

        var options = new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = 0 };
        var listed = Directory.EnumerateFileSystemEntries(folder, "*", options)
            .Select(entry => Path.GetFileName(entry)!)
            .Where(entry => entry.Equals(name, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return listed.Contains(name) || listed.Count == 0 ? name : listed[0];
    }
}
