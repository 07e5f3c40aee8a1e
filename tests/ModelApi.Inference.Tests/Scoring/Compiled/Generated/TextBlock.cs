using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>A text as the counts of sequences of its words.</summary>
/// <param name="Feature">The index of the feature.</param>
/// <param name="Sequences">Sequences of words, the shorter ones first.</param>
internal sealed record TextBlock(int Feature, string[][] Sequences) : EncoderBlock
{
    /// <summary>The column of each sequence.</summary>
    public required long[] Columns { get; init; }

    public required int Shortest { get; init; }

    /// <summary>TF, IDF or TFIDF.</summary>
    public required string Mode { get; init; }

    /// <summary>By sequence; none if empty.</summary>
    public required float[] Weights { get; init; }

    /// <summary>A regular expression; empty for single characters.</summary>
    public required string Expression { get; init; }

    public required int MinimumCharacters { get; init; }

    /// <summary>LOWER, UPPER or NONE; null without a StringNormalizer.</summary>
    public required string? Case { get; init; }

    public required string Locale { get; init; }

    /// <summary>What the counts are multiplied by, by column; null for nothing.</summary>
    public required float[]? Factors { get; init; }

    /// <summary>The norm of a Normalizer; null without one.</summary>
    public required string? Norm { get; init; }

    public override int Width => Columns.Length;

    public override IReadOnlyList<float[]> Values =>
        [.. Enumerable.Range(0, Width).Select(column => Norm is null
            ? new[] { 0f, Weight(column, 1), Weight(column, 2), Weight(column, 0.5) }
            : [0f, 1f, 0.5f, 0.3f])];

    private int Longest => Sequences.Max(sequence => sequence.Length);

    /// <summary>The columns of one text, computed plainly.</summary>
    public float[] Encode(string text)
    {
        var words = Split(text);
        var counts = new int[Width];
        for (var sequence = 0; sequence < Sequences.Length; sequence++)
        {
            var (sought, length) = (Sequences[sequence], Sequences[sequence].Length);
            counts[Columns[sequence]] += length < Shortest ? 0
                : Enumerable.Range(0, Math.Max(0, words.Count - length + 1)).Count(at => words.Skip(at).Take(length).SequenceEqual(sought));
        }

        var row = counts.Select((count, column) => count == 0 ? 0 : Weight(column, count)).ToArray();
        return Norm is null ? row : PlainLinear.Normalize(row, Norm);
    }

    public override string ToString() =>
        $"feature {Feature}: {Mode} of {Sequences.Length} sequences of up to {Longest} words, {Case ?? "as it is"} ({Locale}), "
        + $"'{Expression}', at least {MinimumCharacters}, {(Factors is null ? "" : "times factors, ")}{Norm}; "
        + string.Join(", ", Sequences.Take(6).Select(sequence => string.Join('+', sequence)));

    protected override (string Value, bool AreDoubles) WriteColumns(
        GraphWriter writer, IReadOnlyList<Feature> features, int index, Dictionary<string, IReadOnlyList<string>> inputs, bool wantsDoubles)
    {
        var text = writer.Add("Reshape", [writer.Input(features[Feature].Name, TensorElementType.String), writer.Constant([-1L])]);
        if (Case is not null)
        {
            text = writer.Add("StringNormalizer", text, ("case_change_action", Case), ("is_case_sensitive", 0), ("locale", Locale));
        }

        (string Name, object Value) rule = Expression.Length > 0 ? ("tokenexp", Expression) : ("separators", new[] { "" });
        var tokens = writer.Add("Tokenizer", text, rule, ("mark", 0), ("mincharnum", MinimumCharacters), ("pad_value", "#"));
        var starts = Enumerable.Range(1, Longest)
            .Select(length => Sequences.Where(sequence => sequence.Length < length).Sum(sequence => (long)sequence.Length));
        List<(string Name, object Value)> attributes =
        [
            ("mode", Mode),
            ("min_gram_length", Shortest),
            ("max_gram_length", Longest),
            ("max_skip_count", 0),
            ("ngram_counts", starts.ToArray()),
            ("ngram_indexes", Columns),
            ("pool_strings", Sequences.SelectMany(sequence => sequence).ToArray()),
        ];
        if (Weights.Length > 0)
        {
            attributes.Add(("weights", Weights));
        }

        var counts = writer.Add("TfIdfVectorizer", writer.Add("Flatten", tokens), [.. attributes]);
        counts = Factors is null ? counts : writer.Add("Mul", [counts, writer.Constant(Factors)]);
        return (Norm is null ? counts : writer.Add("Normalizer", counts, ("norm", Norm)), false);
    }

    private float Weight(int column, double count)
    {
        var weight = Weights.Length > 0 && Mode != "TF" ? Weights[Array.IndexOf(Columns, column)] : 1;
        var value = (float)((Mode == "IDF" ? 1 : count) * weight);
        return Factors is null ? value : value * Factors[column];
    }

    private List<string> Split(string text)
    {
        var changed = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            changed.Append(Case is null or "NONE" || (Locale == "C" && !rune.IsAscii) ? rune : Change(rune));
        }

        return Expression is "" or "."
            ? [.. changed.ToString().EnumerateRunes().Select(rune => rune.ToString())]
            : [.. Regex.Matches(changed.ToString(), Expression, RegexOptions.ECMAScript)
                .Select(match => match.Value).Where(word => word.Length >= MinimumCharacters)];
    }

    // Where the C library differs from .NET.
    private Rune Change(Rune rune) => Case == "LOWER"
        ? (rune.Value == 0x130 ? new Rune('i') : Rune.ToLowerInvariant(rune))
        : (rune.Value == 0x131 ? new Rune('I') : Rune.ToUpperInvariant(rune));
}
