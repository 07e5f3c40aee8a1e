namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A number that follows from a text feature, such as one column of a one-hot vector.</summary>
/// <param name="source">The feature, which has already learned the texts.</param>
/// <param name="numbers">The number for each of some texts.</param>
/// <param name="otherwise">The number for every other text.</param>
internal sealed class CategoryColumn(CategorySource source, IReadOnlyDictionary<string, double> numbers, double otherwise) : Column
{
    private double[]? _table;

    public CategorySource Source { get; } = source;

    /// <summary>The number at each place of the source. Valid once all graphs are read.</summary>
    public double[] Table => _table ??= CreateTable();

    public override Column Then(Step step)
    {
        var next = numbers.ToDictionary(item => item.Key, item => step.Apply(item.Value), StringComparer.Ordinal);
        return new CategoryColumn(Source, next, step.Apply(otherwise));
    }

    /// <summary>Combines this column with another column of the same feature.</summary>
    public CategoryColumn With(CategoryColumn other, Func<double, double, double> combine)
    {
        var combined = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var text in numbers.Keys.Concat(other.Texts))
        {
            combined[text] = combine(Number(text), other.Number(text));
        }

        return new CategoryColumn(Source, combined, combine(otherwise, other.Otherwise));
    }

    public override void Read(Block block, Span<double> destination)
    {
        var places = block.Places(Source);
        var table = Table;
        for (var row = 0; row < destination.Length; row++)
        {
            destination[row] = table[places[row]];
        }
    }

    private IEnumerable<string> Texts => numbers.Keys;

    private double Otherwise => otherwise;

    private double Number(string text) => numbers.TryGetValue(text, out var number) ? number : otherwise;

    private double[] CreateTable()
    {
        var table = new double[Source.Places];
        Array.Fill(table, otherwise);
        foreach (var (text, number) in numbers)
        {
            table[Source.PlaceOf(text)] = number;
        }

        return table;
    }
}
