namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Generates texts and the columns that count their words.</summary>
internal sealed class TextGenerator(Random random)
{
    private static readonly string[] Words =
    [
        "a", "the", "cat", "Cat", "DOG", "dog", "x_1", "42", "7", "b", "of", "\u00c9t\u00e9", "\u00e9t\u00e9", "Stra\u00dfe", "\u0130x",
        "\u212aelvin", "kelvin", "\u65e5\u672c", "\ud83d\ude00", "\ud801\udc00", "\u0131",
    ];

    private static readonly string[] Gaps = [" ", " ", " ", ", ", "  ", "-", "\n", "."];
    private static readonly string[] Expressions = ["[a-zA-Z0-9_]+", "[a-z]+", "\\w+", "[a-z0-9]{2,}", "[\\w.-]+", ".", ""];

    public static string Text(Random random)
    {
        var text = new System.Text.StringBuilder();
        for (var words = random.Next(12); words > 0; words--)
        {
            text.Append(Words[random.Next(Words.Length)]).Append(Gaps[random.Next(Gaps.Length)]);
        }

        return text.ToString();
    }

    /// <param name="feature">The index of the feature.</param>
    /// <param name="mayRound">Whether columns may be normalized, which rounds differently from one library to the next.</param>
    public TextBlock Make(int feature, bool mayRound)
    {
        var expression = Pick(Expressions);
        var characters = expression is "." or "";
        var letterCase = random.Next(5) switch { 0 => null, 1 => "UPPER", 2 => "NONE", _ => "LOWER" };
        var words = (characters ? "a c t o d g D C \u00e9 \u00c9 x _ 1" : "a the cat Cat CAT dog DOG x_1 42 b of ix kelvin a.b t o")
            .Split(' ').Append(characters ? " " : "x").ToArray();
        var longest = random.Next(1, 4);
        string[][] sequences =
        [
            .. Enumerable.Range(1, longest).SelectMany(length => Enumerable.Range(0, random.Next(1, 14))
                .Select(_ => Enumerable.Range(0, length).Select(_ => Pick(words)).ToArray())
                .DistinctBy(sequence => string.Join(' ', sequence))),
        ];
        var columns = Enumerable.Range(0, sequences.Length).Select(column => (long)column).ToArray();
        random.Shuffle(columns);
        return new TextBlock(feature, sequences)
        {
            Columns = columns,
            Shortest = random.Next(1, longest + 1),
            Mode = Pick("TF", "TF", "IDF", "TFIDF"),
            Weights = random.Next(3) == 0 ? [] : Numbers(columns.Length),
            Expression = expression,
            MinimumCharacters = characters ? 1 : Pick(1, 1, 2),
            Case = letterCase,
            Locale = Pick("C", "C", "C.UTF-8"),
            Factors = random.Next(2) == 0 ? null : Numbers(columns.Length),
            Norm = mayRound && random.Next(2) == 0 ? Pick("L1", "L2", "L2", "MAX") : null,
        };
    }

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() + 0.5))];

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];
}
