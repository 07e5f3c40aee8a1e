namespace ModelApi.Inference.Bundles;

/// <summary>Collects the faults of one bundle: keeps the first ones and counts the others, so that no bundle can fill the memory.</summary>
public sealed class BundleFaults
{
    /// <summary>Faults that are kept.</summary>
    public const int MostKept = 100;

    private const int LongestPlace = 200;
    private const int LongestMessage = 1000;

    private readonly List<BundleFault> _kept = [];

    /// <summary>How many faults were found.</summary>
    public long Count { get; private set; }

    /// <summary>Whether further faults are only counted, so that their text need not be made.</summary>
    public bool IsFull => _kept.Count == MostKept;

    /// <summary>Adds a fault. Long texts in it are cut.</summary>
    public void Add(BundleFault fault)
    {
        Count++;
        if (!IsFull)
        {
            _kept.Add(new BundleFault(
                Cut(fault.File, LongestPlace), Cut(fault.Path, LongestPlace), Cut(fault.Message, LongestMessage)));
        }
    }

    /// <summary>Adds a fault that is only counted, see <see cref="IsFull"/>.</summary>
    public void AddCounted() => Count++;

    /// <summary>The faults that were kept, and how many more there are.</summary>
    public IReadOnlyList<BundleFault> ToList()
    {
        var more = Count - _kept.Count;
        return more == 0 ? [.. _kept] : [.. _kept, new BundleFault("", "", more == 1 ? "And 1 more fault." : $"And {more} more faults.")];
    }

    private static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        // Not between the halves of a surrogate pair.
        var end = char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
