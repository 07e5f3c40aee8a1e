namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A text that follows from a text feature.</summary>
/// <param name="source">The feature, which has already learned the texts.</param>
/// <param name="texts">The replacements of some texts; empty when every text stays as it is.</param>
/// <param name="otherwise">The replacement of every other text; null when it stays as it is.</param>
internal sealed class TextColumn(CategorySource source, IReadOnlyDictionary<string, string> texts, string? otherwise) : Column
{
    public CategorySource Source { get; } = source;

    /// <summary>Whether it is the feature itself, with no text replaced.</summary>
    public bool IsFeature => otherwise is null && texts.Count == 0;

    /// <summary>Maps the texts to numbers.</summary>
    /// <param name="numbers">The number for each of some texts.</param>
    /// <param name="other">The number for every other text.</param>
    public CategoryColumn ToNumbers(IReadOnlyDictionary<string, double> numbers, double other)
    {
        var direct = new Dictionary<string, double>(StringComparer.Ordinal);
        Follow(numbers.Keys, numbers.GetValueOrDefault, other, direct.Add, out var rest);
        return new CategoryColumn(Source, direct, rest);
    }

    /// <summary>Maps the texts to other texts.</summary>
    public TextColumn ToTexts(IReadOnlyDictionary<string, string> names, string other)
    {
        var direct = new Dictionary<string, string>(StringComparer.Ordinal);
        Follow(names.Keys, (name, fallback) => names.TryGetValue(name, out var text) ? text : fallback, other, direct.Add, out var rest);
        return new TextColumn(Source, direct, rest);
    }

    public override Column? Then(Step step) => null;

    public override void Read(Block block, Span<double> destination) =>
        throw new NotSupportedException("A text cannot be read as a number.");

    private void Follow<T>(IEnumerable<string> keys, Func<string, T, T> find, T other, Action<string, T> add, out T rest)
    {
        if (otherwise is null)
        {
            foreach (var key in keys)
            {
                Source.Learn(key);
                add(key, find(key, other));
            }

            rest = other;
            return;
        }

        foreach (var (text, value) in texts)
        {
            add(text, find(value, other));
        }

        rest = find(otherwise, other);
    }
}
