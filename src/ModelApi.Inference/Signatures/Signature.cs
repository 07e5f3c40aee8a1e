using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Signatures;

/// <summary>The ordered, typed features that a model version takes, and what it returns.</summary>
public sealed class Signature
{
    /// <summary>What <see cref="ColumnOf"/> gives for a tensor.</summary>
    internal const int NoColumn = int.MinValue;

    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _indices;
    private readonly int[] _columns;
    private readonly int[] _offsets;
    private readonly string[]?[] _categories;
    private AnswerShape? _answer;

    /// <summary>Builds a signature.</summary>
    /// <param name="features">At least one feature, with distinct names.</param>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public Signature(IReadOnlyList<Feature> features)
    {
        Features = [.. features];
        var indices = new Dictionary<string, int>(Features.Count, StringComparer.Ordinal);
        for (var i = 0; i < Features.Count; i++)
        {
            indices.Add(Features[i].Name, i);
        }

        _columns = new int[Features.Count];
        _offsets = new int[Features.Count];
        _categories = new string[]?[Features.Count];
        for (var i = 0; i < _columns.Length; i++)
        {
            _offsets[i] = TensorElements;
            TensorElements += Features[i].Elements;
            _columns[i] = Features[i].Type switch
            {
                FeatureType.Tensor => NoColumn,
                FeatureType.String => ~TextColumns++,
                _ => NumberColumns++,
            };
            HasMissingCategories |= Features[i].MissingCategory is not null;
            _categories[i] = Features[i].Categories?.Texts;
        }

        _indices = indices.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The features, in the order of the manifest.</summary>
    public IReadOnlyList<Feature> Features { get; private set; }

    /// <summary>What is predicted.</summary>
    public ModelTask Task { get; init; } = ModelTask.Classification;

    /// <summary>The name of what is predicted, such as the target column of the training data.</summary>
    public string Target { get; init; } = "prediction";

    /// <summary>
    /// The classes that a label may be (of clusters their ids, of outlier detectors -1 and 1); null where numbers are predicted.
    /// </summary>
    public ClassLabels? Classes { get; init; }

    /// <summary>The names of what is predicted where that is several numbers or labels; else empty.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The name of each number of an answer: the targets, or else the classes. Empty for a number alone.</summary>
    public IReadOnlyList<string> NumberNames => Targets.Count > 0 ? Targets : Classes?.Names ?? [];

    /// <summary>What the answer to one row holds; unless it is set, what is usual for the task.</summary>
    public AnswerShape Answer { get => _answer ??= AnswerShape.Of(Task, Classes, Targets); init => _answer = value; }

    /// <summary>What happens to a category that the trainer never saw.</summary>
    public UnknownCategory UnknownCategory { get; init; }

    /// <summary>The key of a request object that holds rows, such as <c>instances</c>.</summary>
    public string InstancesKey { get; init; } = "instances";

    /// <summary>The index of a feature, or -1 when no feature has that name.</summary>
    public int IndexOf(ReadOnlySpan<char> name) => _indices.TryGetValue(name, out var index) ? index : -1;

    /// <summary>How many features are single numbers.</summary>
    public int NumberColumns { get; }

    /// <summary>How many numbers the tensors of a row hold, all together.</summary>
    public int TensorElements { get; }

    /// <summary>Whether a missing value of some feature is one of its categories.</summary>
    internal bool HasMissingCategories { get; }

    /// <summary>How many features are texts.</summary>
    public int TextColumns { get; }

    /// <summary>The position of a feature among the numbers; or the complement (negative) of its position among the texts.</summary>
    internal int ColumnOf(int feature) => _columns[feature];

    /// <summary>The place of a tensor's first number among those of all tensors of a row.</summary>
    internal int OffsetOf(int feature) => _offsets[feature];

    /// <summary>The same signature, whose features take the numbers of these ranges.</summary>
    internal Signature WithRanges(IReadOnlyList<NumberRange> ranges)
    {
        var copy = (Signature)MemberwiseClone();
        copy.Features = [.. Features.Select((feature, index) => feature with { Range = ranges[index] })];
        return copy;
    }

    /// <summary>A feature's category by its code.</summary>
    internal string CategoryOf(int feature, int code) => _categories[feature]![code];

    /// <summary>The same signature with another answer.</summary>
    public Signature With(AnswerShape answer)
    {
        var copy = (Signature)MemberwiseClone();
        copy._answer = answer;
        return copy;
    }

    /// <summary>One valid row: each feature's example.</summary>
    /// <returns>A new object that the caller owns.</returns>
    public JsonObject Example()
    {
        var row = new JsonObject();
        foreach (var feature in Features)
        {
            row[feature.Name] = feature.Example?.DeepClone();
        }

        return row;
    }
}
