namespace ModelApi.Inference.Signatures;

/// <summary>Finds the name that a misspelt word probably means.</summary>
public static class NearestName
{
    // Longer words are ignored: the distance costs the product of both lengths.
    private const int LongestWord = 64;

    /// <summary>The nearest candidate within a third of the word's length in edits, or null.</summary>
    /// <remarks>Distance: optimal string alignment (insert, delete, replace, swap neighbours), ignoring case, '_', '-' and ' '.</remarks>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > LongestWord)
        {
            return null;
        }

        var folded = Fold(word);
        string? nearest = null;
        var least = Math.Max(1, word.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - word.Length) > least + 4 || candidate.Length > LongestWord)
            {
                continue;
            }

            var distance = Distance(folded, Fold(candidate));
            if (distance < least)
            {
                least = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    private static string Fold(string word) =>
        string.Concat(word.Where(c => c is not ('_' or '-' or ' '))).ToUpperInvariant();

    private static int Distance(string a, string b)
    {
        var previous2 = new int[b.Length + 1];
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], previous2[j - 2] + 1);
                }
            }

            (previous2, previous, current) = (previous, current, previous2);
        }

        return previous[b.Length];
    }
}
