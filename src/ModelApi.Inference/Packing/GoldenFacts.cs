using System.Text.Json;

namespace ModelApi.Inference.Packing;

/// <summary>What golden rows show of a model: its features, and the trainer's answers.</summary>
internal sealed class GoldenFacts
{
    /// <summary>The keys of a golden row that hold the trainer's answer.</summary>
    public static IReadOnlyList<string> AnswerKeys { get; } = ["label", "probabilities", "scores", "score", "value", "distances"];

    // A server reads as many.
    private const int MostRows = 1000;

    private readonly Dictionary<string, FeatureFacts> _features = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<Dictionary<string, JsonElement>> _answers = [];
    private readonly string _file;

    private GoldenFacts(string file) => _file = file;

    /// <summary>The keys of the inputs, in the order in which they first occur.</summary>
    public IReadOnlyList<string> Features => _names;

    /// <summary>The trainer's answer to each row: the members of <see cref="AnswerKeys"/> that it has.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> Answers => _answers;

    /// <summary>What the rows show of a feature.</summary>
    public FeatureFacts Of(string feature) => _features[feature];

    /// <summary>Whether each row holds that part of the answer.</summary>
    public bool Has(string key) => _answers[0].ContainsKey(key);

    /// <param name="lines">The lines of the file; empty ones are passed over.</param>
    /// <param name="file">Its name in messages.</param>
    /// <exception cref="PackException">A line is no golden row, the rows differ in what they hold, or there is none.</exception>
    public static GoldenFacts Read(IEnumerable<string> lines, string file)
    {
        var facts = new GoldenFacts(file);
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (facts._answers.Count == MostRows)
            {
                break;
            }

            if (!string.IsNullOrWhiteSpace(line))
            {
                facts.Read(line, number);
            }
        }

        if (facts._answers.Count == 0)
        {
            throw new PackException($"{file} holds no rows. {Form}");
        }

        foreach (var feature in facts._features.Values)
        {
            feature.HasNull |= feature.Rows < facts._answers.Count;
        }

        return facts;
    }

    private const string Form =
        "Each line is an object with 'input' (a row as a client sends it) and the trainer's own answer: 'label' and 'probabilities', "
        + "'label' alone, 'label' and 'scores', or 'value'.";

    private void Read(string line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("input", out var input)
                || input.ValueKind != JsonValueKind.Object)
            {
                throw new PackException($"{_file}, line {number}: it holds no 'input' object. {Form}");
            }

            foreach (var member in input.EnumerateObject())
            {
                Read(member, number);
            }

            AddAnswer(root, number);
        }
        catch (JsonException exception)
        {
            var advice = line.Contains("NaN", StringComparison.Ordinal) ? "JSON has no NaN: write null for a missing value." : Form;
            throw new PackException($"{_file}, line {number}: it is not JSON ({exception.Message.Split('.')[0]}). {advice}");
        }
        catch (InvalidOperationException)
        {
            throw new PackException($"{_file}, line {number}: it holds half of a surrogate pair, which is no text.");
        }
    }

    private void Read(JsonProperty member, int number)
    {
        if (!_features.TryGetValue(member.Name, out var facts))
        {
            _features.Add(member.Name, facts = new FeatureFacts());
            _names.Add(member.Name);
        }

        var value = member.Value;
        facts.Rows++;
        facts.HasNull |= value.ValueKind == JsonValueKind.Null;
        facts.HasText |= value.ValueKind == JsonValueKind.String;
        facts.HasFraction |= value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out var real) && real != Math.Floor(real);
        if (value.ValueKind == JsonValueKind.Array)
        {
            var shape = ShapeOf(value);
            if (facts.Shape is { } known && !known.SequenceEqual(shape))
            {
                throw new PackException(
                    $"{_file}, line {number}: '{member.Name}' has the shape [{string.Join(", ", shape)}], "
                    + $"and [{string.Join(", ", known)}] in a row before it. A tensor has the same shape in each row.");
            }

            facts.Shape = shape;
        }

        facts.Example ??= value.ValueKind == JsonValueKind.Null ? null : value.GetRawText();
    }

    private static List<int> ShapeOf(JsonElement array)
    {
        var shape = new List<int>();
        for (var level = array; level.ValueKind == JsonValueKind.Array; level = level[0])
        {
            shape.Add(level.GetArrayLength());
            if (shape[^1] == 0)
            {
                break;
            }
        }

        return shape;
    }

    private void AddAnswer(JsonElement root, int number)
    {
        var answer = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var key in AnswerKeys)
        {
            if (root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null)
            {
                answer.Add(key, value.Clone());
            }
        }

        if (answer.Count == 0)
        {
            throw new PackException($"{_file}, line {number}: it holds no answer. {Form}");
        }

        if (_answers.Count > 0 && !answer.Keys.SequenceEqual(_answers[0].Keys))
        {
            throw new PackException(
                $"{_file}, line {number}: it holds {Quote(answer.Keys)}, and the first row {Quote(_answers[0].Keys)}. "
                + "Each row must hold the same parts of the answer.");
        }

        _answers.Add(answer);
    }

    private static string Quote(IEnumerable<string> keys) => string.Join(", ", keys.Select(key => $"'{key}'"));
}
