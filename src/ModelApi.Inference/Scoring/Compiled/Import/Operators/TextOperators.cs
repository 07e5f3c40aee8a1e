using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Text;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Operators on texts; source: https://onnx.ai/onnx/operators/ and ONNX Runtime's ContribOperators.md.</summary>
internal static class TextOperators
{
    // What ONNX Runtime takes for the locale on Linux.
    private const string UsualLocale = "en_US.UTF-8";

    public static GraphValue Normalize(Node node)
    {
        var words = Read(node);
        if (words.Normalizer is not null || words.Tokenizer is not null || words.Rank != 1)
        {
            throw node.Refuse("works on something else than one text per row");
        }

        var locale = node.Attributes.Text("locale", UsualLocale);
        var action = node.Attributes.Text("case_change_action", "NONE");
        var change = action is "LOWER" or "UPPER" ? new LetterCase(locale, action == "LOWER") : null;
        var isSensitive = node.Attributes.Int("is_case_sensitive", 0) != 0;
        var compare = isSensitive ? null : change ?? new LetterCase(locale, isLower: true);
        var stopWords = new TextTable();
        foreach (var word in node.Attributes.Texts("stopwords"))
        {
            var characters = word.ToCharArray();
            compare?.Change(word, characters);
            stopWords.Add(new string(characters));
        }

        return words with { Normalizer = new TextNormalizer(change, compare, stopWords) };
    }

    public static GraphValue Tokenize(Node node)
    {
        var words = Read(node);
        if (words.Tokenizer is not null || node.Attributes.Int("mark", 0) != 0)
        {
            throw node.Refuse("marks the ends of texts, or splits tokens");
        }

        var shortest = (int)Math.Clamp(node.Attributes.Int("mincharnum", 1), 0, int.MaxValue);
        var isByCharacter = node.Attributes.Texts("separators") is [""];
        var tokenizer = isByCharacter ? TextTokenizer.TryParse(".", shortest)
            : node.Attributes.Texts("separators").Length == 0 ? TextTokenizer.TryParse(node.Attributes.Text("tokenexp", ""), shortest)
            : null;
        return tokenizer is not null
            ? words with { Tokenizer = tokenizer, Padding = node.Attributes.Text("pad_value", ""), Rank = words.Rank + 1 }
            : throw node.Refuse("splits texts in a way that is not handled");
    }

    public static GraphValue Vectorize(Node node)
    {
        if (node.Input(0) is not Words { Tokenizer: { } tokenizer, Rank: 2 } words)
        {
            throw node.Refuse("counts something else than the tokens of a text");
        }

        var columns = node.Attributes.Ints("ngram_indexes");
        var weights = node.Attributes.Floats("weights");
        if (node.Attributes.Int("max_skip_count", 0) != 0
            || node.Attributes.Texts("pool_strings").Contains(words.Padding)
            || !columns.Order().SequenceEqual(Enumerable.Range(0, columns.Length).Select(column => (long)column))
            || (weights.Length > 0 && weights.Length != columns.Length))
        {
            throw node.Refuse("counts in a way that is not handled");
        }

        var vocabulary = ReadVocabulary(node, columns, weights);
        var stage = new NgramStage(words.Feature, words.Normalizer, tokenizer, vocabulary, columns.Length);
        node.Plan.Add(stage);
        return Value.Matrix(TensorElementType.Float, stage.Columns());
    }

    private static Vocabulary ReadVocabulary(Node node, long[] columns, float[] weights)
    {
        // ONNX Runtime has the weights in the order of the sequences, not of the columns.
        var mode = node.Attributes.Text("mode", "");
        var factors = new double[columns.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            factors[columns[i]] = weights[i];
        }

        var (pool, starts) = (node.Attributes.Texts("pool_strings"), node.Attributes.Ints("ngram_counts"));
        var (shortest, longest) = (node.Attributes.Int("min_gram_length", 1), node.Attributes.Int("max_gram_length", 1));
        var (tokens, tree) = (new TextTable(), new NgramTree());
        var sequence = 0;
        for (var length = 1; length <= starts.Length; length++)
        {
            var end = length < starts.Length ? starts[length] : pool.Length;
            for (var at = starts[length - 1]; at + length <= end && at >= 0 && end <= pool.Length; at += length, sequence++)
            {
                if (sequence >= columns.Length)
                {
                    throw node.Refuse("has more sequences than columns");
                }

                if (length >= shortest && length <= longest
                    && !tree.Add([.. pool.AsSpan((int)at, length).ToArray().Select(tokens.Add)], (int)columns[sequence]))
                {
                    throw node.Refuse("has a sequence twice");
                }
            }
        }

        tree.Freeze(tokens.Count);
        return new Vocabulary
        {
            Tokens = tokens,
            Tree = tree,
            Shortest = (int)Math.Max(1, shortest),
            Longest = (int)Math.Clamp(longest, 1, starts.Length + 1),
            IsCounted = mode is "TF" or "TFIDF",
            Weights = mode is "TF" || weights.Length == 0 ? null : factors,
        };
    }

    // A text feature as it is, or after an operator of this class.
    private static Words Read(Node node) => node.Input(0) switch
    {
        Words words => words,
        Value { Columns: [TextColumn { IsFeature: true } text] } value => new Words(text.Source.Feature, null, null, null, value.Rank),
        _ => throw node.Refuse("works on something else than a text feature"),
    };
}
