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
        var comparisons = int.MaxValue;
        return Find(word, candidates, ref comparisons);
    }

    /// <summary>Finds the nearest candidate within a bound of work.</summary>
    /// <param name="word">The word.</param>
    /// <param name="candidates">The names that it may mean.</param>
    /// <param name="comparisons">How many pairs of letters may be compared; lowered by those that were. At 0, the search ends.</param>
    internal static string? Find(ReadOnlySpan<char> word, IEnumerable<string> candidates, ref int comparisons)
    {
        if (word.Length is 0 or > LongestWord)
        {
            return null;
        }

        Span<char> foldedWord = stackalloc char[LongestWord];
        Span<char> foldedCandidate = stackalloc char[LongestWord];
        var folded = Fold(word, foldedWord);
        string? nearest = null;
        var least = Math.Max(1, word.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            if (comparisons <= 0)
            {
                break;
            }

            // Folding and the look at a candidate count too.
            comparisons -= 1 + (candidate.Length / 8);
            if (Math.Abs(candidate.Length - word.Length) > least + 4 || candidate.Length > LongestWord)
            {
                continue;
            }

            var distance = Distance(folded, Fold(candidate, foldedCandidate), least, ref comparisons);
            if (distance < least)
            {
                least = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    private static ReadOnlySpan<char> Fold(ReadOnlySpan<char> word, Span<char> folded)
    {
        var length = 0;
        foreach (var letter in word)
        {
            if (letter is not ('_' or '-' or ' '))
            {
                folded[length++] = char.ToUpperInvariant(letter);
            }
        }

        return folded[..length];
    }

    /// <returns>The distance, or any number from <paramref name="limit"/> on when it is not below that.</returns>
    private static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int limit, ref int comparisons)
    {
        if (Math.Abs(a.Length - b.Length) >= limit)
        {
            return limit;
        }

        Span<int> previous2 = stackalloc int[LongestWord + 1];
        Span<int> previous = stackalloc int[LongestWord + 1];
        Span<int> current = stackalloc int[LongestWord + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], previous2[j - 2] + 1);
                }

                least = Math.Min(least, current[j]);
            }

            comparisons -= b.Length;
            if (least >= limit)
            {
                return limit;
            }

            var oldest = previous2;
            previous2 = previous;
            previous = current;
            current = oldest;
        }

        return previous[b.Length];
    }
}
