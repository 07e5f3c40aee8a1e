using System.Text.RegularExpressions;
using ModelApi.Inference.Bundles;

namespace ModelApi.Deployments.Archives;

/// <summary>Checks the names of an archive's entries: files of a bundle, at the root, each once.</summary>
/// <param name="most">Entries that there may be.</param>
internal sealed partial class EntryNames(int most)
{
    private const int LongestShown = 100;

    // As they are on file systems that do not tell upper case from lower case.
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private int _entries;

    /// <summary>Whether a file of exactly this name was accepted.</summary>
    public bool Contains(string name) => _names.TryGetValue(name, out var held) && held == name;

    /// <summary>Accepts the next entry.</summary>
    /// <param name="entry">Its name in the archive.</param>
    /// <returns>The name of the file; null for the root itself, which <c>tar -C bundle .</c> writes.</returns>
    /// <exception cref="ArchiveException">No bundle has such a file, or there is one already.</exception>
    public string? Accept(string entry)
    {
        AcceptNothing();
        if (entry is "./" or ".")
        {
            return null;
        }

        var name = entry.StartsWith("./", StringComparison.Ordinal) ? entry[2..] : entry;
        if (!BundleNames.IsFile(name) || DeviceName.IsMatch(name) || name[^1] == '.')
        {
            throw new ArchiveException($"Its entry {Show(entry)} {Explain(name)}");
        }

        return _names.Add(name) ? name : throw new ArchiveException($"It holds {Show(name)} twice, or in upper and lower case.");
    }

    /// <summary>Counts an entry that is no file.</summary>
    /// <exception cref="ArchiveException">There are too many entries.</exception>
    public void AcceptNothing()
    {
        if (++_entries > most)
        {
            throw new ArchiveException($"It has more than {most} entries.");
        }
    }

    /// <summary>A name as it may stand in an answer and in the log.</summary>
    public static string Show(string name)
    {
        var shown = string.Concat(name.Take(LongestShown).Select(letter => letter is >= ' ' and <= '~' ? letter : '?'));
        return name.Length > LongestShown ? $"'{shown}…'" : $"'{shown}'";
    }

    private static string Explain(string name) => name switch
    {
        _ when name.Any(char.IsControl) => "has a control character in its name.",
        _ when name.Contains('\\') => "has a backslash in its name.",
        ['/', ..] or [_, ':', ..] => "is an absolute path.",
        _ when name.Split('/').Contains("..") => "leads out of the archive.",
        _ when name.Contains('/') =>
            "is in a folder. The files of a bundle, model.json among them, must be at the root of the archive: "
            + "pack what is in the folder, as tar -czf bundle.tar.gz -C <folder> . does.",
        ['.', ..] => "is a hidden file; leave it out of the archive.",
        _ => "has a name that no file of a bundle has: at most 128 letters, digits, '.', '_' and '-', and no name of a device.",
    };

    // What Windows takes for a device, with any ending.
    [GeneratedRegex(@"\A(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DeviceName { get; }
}
