using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Text;

/// <summary>TfIdfVectorizer: counts the sequences of tokens of a text.</summary>
/// <param name="feature">The text's index among the features.</param>
/// <param name="normalizer">Comes first; null for none.</param>
/// <param name="tokenizer">Splits the text.</param>
/// <param name="vocabulary">The sequences, and their lengths.</param>
/// <param name="width">The number of columns.</param>
internal sealed class NgramStage(int feature, TextNormalizer? normalizer, TextTokenizer tokenizer, Vocabulary vocabulary, int width)
    : SparseStage(width)
{
    private const int Unknown = -1;
    private const int MostKept = 1 << 16;

    public override StageMemory CreateMemory(int rows) => new Memory(rows, new int[Width]);

    public override void Run(Block block)
    {
        var memory = (Memory)block.Memories[Index]!;
        var texts = block.Features.Texts(feature).Slice(block.Start, block.Rows);
        memory.Clear();
        foreach (var text in texts)
        {
            memory.Reserve(text?.Length ?? 0);
            var normalized = normalizer is null ? text : normalizer.Apply(text, memory.Characters);
            Count(memory, Split(normalized, memory.Tokens));
            Write(memory);
            memory.EndRow();
        }

        memory.Trim();
    }

    /// <returns>The tokens, as their numbers in the vocabulary.</returns>
    private ReadOnlySpan<int> Split(ReadOnlySpan<char> text, int[] tokens)
    {
        var count = 0;
        for (var at = 0; tokenizer.TryNext(text, ref at, out var token); count++)
        {
            tokens[count] = vocabulary.Tokens.Find(token);
        }

        return tokens.AsSpan(0, count);
    }

    private void Count(Memory memory, ReadOnlySpan<int> tokens)
    {
        var tree = vocabulary.Tree;
        for (var first = 0; first < tokens.Length; first++)
        {
            if (tokens[first] == Unknown)
            {
                continue;
            }

            var node = tree.First(tokens[first]);
            for (var length = 1; node >= 0; length++)
            {
                if (length >= vocabulary.Shortest && tree.Column(node) is var column and >= 0)
                {
                    memory.Count(column);
                }

                node = length < vocabulary.Longest && first + length < tokens.Length && tokens[first + length] != Unknown
                    ? tree.Next(node, tokens[first + length])
                    : -1;
            }
        }
    }

    private void Write(Memory memory)
    {
        foreach (var column in memory.Counted)
        {
            var weight = vocabulary.Weights?[column] ?? 1;
            memory.Add(column, (float)(vocabulary.IsCounted ? memory.Counts[column] * weight : weight));
            memory.Counts[column] = 0;
        }

        memory.Counted.Clear();
    }

    private sealed class Memory(int rows, int[] counts) : SparseRows(rows)
    {
        // By column; all zero between rows.
        public int[] Counts { get; } = counts;

        public List<int> Counted { get; } = [];

        public char[] Characters { get; private set; } = new char[256];

        public int[] Tokens { get; private set; } = new int[256];

        public void Reserve(int characters)
        {
            if (characters > Characters.Length)
            {
                var length = Math.Max(characters, 2 * Characters.Length);
                (Characters, Tokens) = (new char[length], new int[length]);
            }
        }

        // A very long text must not keep its memory for good.
        public void Trim()
        {
            if (Characters.Length > MostKept)
            {
                (Characters, Tokens) = (new char[256], new int[256]);
            }
        }

        public void Count(int column)
        {
            if (Counts[column]++ == 0)
            {
                Counted.Add(column);
            }
        }
    }
}
