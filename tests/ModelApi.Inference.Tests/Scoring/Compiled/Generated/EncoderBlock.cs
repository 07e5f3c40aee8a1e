using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Turns one or more features into columns.</summary>
internal abstract record EncoderBlock
{
    /// <summary>Of a column that marks a category; thresholds are mostly half-way.</summary>
    protected static readonly float[] Mark = [0, 1, 0.5f, 0.5f, 0.5f];

    /// <summary>How many columns.</summary>
    public abstract int Width { get; }

    /// <summary>The first version of the <c>ai.onnx.ml</c> operators that the block can use.</summary>
    public virtual int MlVersion => 1;

    /// <summary>Values that each column takes, for thresholds to equal.</summary>
    public abstract IReadOnlyList<float[]> Values { get; }

    /// <returns>A value of that type, <c>[N, Width]</c>.</returns>
    public string Write(
        GraphWriter writer,
        IReadOnlyList<Feature> features,
        int index,
        Dictionary<string, IReadOnlyList<string>> inputs,
        TensorElementType type)
    {
        var (value, is64) = WriteColumns(writer, features, index, inputs, type == TensorElementType.Double);
        return type == TensorElementType.Double && !is64 ? writer.Add("Cast", value, ("to", (int)TensorElementType.Double)) : value;
    }

    /// <returns>The columns, and whether they are doubles rather than floats.</returns>
    protected abstract (string Value, bool AreDoubles) WriteColumns(
        GraphWriter writer,
        IReadOnlyList<Feature> features,
        int index,
        Dictionary<string, IReadOnlyList<string>> inputs,
        bool wantsDoubles);
}

/// <summary>Numbers, passed through steps of preprocessing.</summary>
/// <param name="Features">Indices of the features.</param>
/// <param name="Joined">Whether they come as one tensor.</param>
/// <param name="Steps">What happens to them, in order.</param>
/// <param name="Pools">Values that each feature takes.</param>
internal sealed record NumberBlock(int[] Features, bool Joined, NumberStep[] Steps, float[][] Pools) : EncoderBlock
{
    public override int Width => Values.Count;

    public override int MlVersion => Steps.OfType<Recode>().Select(step => step.Version).DefaultIfEmpty(1).Max();

    public override IReadOnlyList<float[]> Values
    {
        get
        {
            IReadOnlyList<float[]> values = Pools;
            foreach (var step in Steps)
            {
                values = step.Map(values);
            }

            return values;
        }
    }

    public override string ToString() =>
        $"numbers of {Features.Length} features {(Joined ? "joined" : "apart")}: {string.Join(", ", Steps.Take(8))}";

    protected override (string Value, bool AreDoubles) WriteColumns(
        GraphWriter writer, IReadOnlyList<Feature> features, int index, Dictionary<string, IReadOnlyList<string>> inputs, bool wantsDoubles)
    {
        var doubles = wantsDoubles && Steps.Length == 0;
        var type = doubles ? TensorElementType.Double : TensorElementType.Float;
        string value;
        if (Joined)
        {
            var name = $"numbers{index}";
            inputs[name] = [.. Features.Select(feature => features[feature].Name)];
            value = writer.Input(name, type, Features.Length);
        }
        else
        {
            var parts = Features.Select(feature => writer.Input(features[feature].Name, type)).ToArray();
            value = parts.Length == 1 ? parts[0] : writer.Add("Concat", parts, ("axis", 1));
        }

        IReadOnlyList<float[]> values = Pools;
        foreach (var step in Steps)
        {
            value = step.Write(writer, value, values.Count);
            values = step.Map(values);
        }

        return (value, doubles);
    }
}

/// <summary>A text, as one column per category or as one number.</summary>
/// <param name="Feature">The index of the feature.</param>
/// <param name="Categories">The encoder's categories, which may differ from the manifest's.</param>
/// <param name="Numbers">The number of each category, then that of all others; null for one column each.</param>
/// <param name="Version">The version of LabelEncoder.</param>
/// <param name="Rank">The rank of the graph's input.</param>
/// <param name="Flat">The operator that makes <c>[N, 1, categories]</c> <c>[N, categories]</c>.</param>
/// <param name="Refuses">Whether the encoder refuses unknown categories; the rows have none then.</param>
internal sealed record CategoryBlock(int Feature, string[] Categories, float[]? Numbers, int Version, int Rank, string Flat, bool Refuses)
    : EncoderBlock
{
    public override int Width => Numbers is null ? Categories.Length : 1;

    public override int MlVersion => Numbers is null ? 1 : Version;

    public override IReadOnlyList<float[]> Values =>
        Numbers is null ? [.. Categories.Select(_ => Mark)] : [Numbers];

    public override string ToString() =>
        $"feature {Feature}: {(Numbers is null ? "one column each" : $"numbers (LabelEncoder {Version})")} of "
        + $"{Categories.Length} categories: {string.Join(',', Categories.Take(8))}";

    protected override (string Value, bool AreDoubles) WriteColumns(
        GraphWriter writer, IReadOnlyList<Feature> features, int index, Dictionary<string, IReadOnlyList<string>> inputs, bool wantsDoubles)
    {
        var input = writer.Input(features[Feature].Name, TensorElementType.String, Rank == 1 ? null : 1);
        if (Numbers is null)
        {
            var hot = writer.Add("OneHotEncoder", input, ("cats_strings", Categories), ("zeros", Refuses ? 0 : 1));
            return (Rank == 1 ? hot : Flatten(writer, hot, Flat, Categories.Length), false);
        }

        var number = WriteLabels(writer, input);
        return (Rank == 1 ? writer.Add("Reshape", [number, writer.Constant([-1L, 1L])]) : number, false);
    }

    /// <summary>Turns <c>[N, 1, columns]</c> into <c>[N, columns]</c>.</summary>
    public static string Flatten(GraphWriter writer, string value, string how, int columns) => how switch
    {
        "Reshape" => writer.Add("Reshape", [value, writer.Constant([-1L, columns])]),
        "Reshape0" => writer.Add("Reshape", [value, writer.Constant([0L, -1L])]),
        "Squeeze" => writer.Add("Squeeze", [value, writer.Constant([1L])]),
        "Flatten" => writer.Add("Flatten", value, ("axis", 1)),
        _ => throw new ArgumentException(how, nameof(how)),
    };

    private string WriteLabels(GraphWriter writer, string input)
    {
        if (Version == 1)
        {
            var index = writer.Add(
                "LabelEncoder", input, ("classes_strings", Categories), ("default_int64", (long)Numbers![^1]), ("default_string", "none"));
            return writer.Add("Cast", index, ("to", (int)TensorElementType.Float));
        }

        if (Version == 4)
        {
            return writer.Add(
                "LabelEncoder", input, ("keys_strings", Categories), ("values_floats", Numbers![..^1]), ("default_float", Numbers[^1]));
        }

        var number = writer.Add(
            "LabelEncoder",
            input,
            ("keys_strings", Categories),
            ("values_int64s", Numbers![..^1].Select(value => (long)value)),
            ("default_int64", (long)Numbers[^1]));
        return writer.Add("Cast", number, ("to", (int)TensorElementType.Float));
    }
}

/// <summary>A whole number or a boolean.</summary>
/// <param name="Feature">The index of the feature.</param>
/// <param name="Type">Of the graph's input.</param>
/// <param name="Categories">For OneHotEncoder; null for the number itself.</param>
/// <param name="Pool">Values that the feature takes.</param>
/// <param name="Flat">See <see cref="CategoryBlock"/>.</param>
internal sealed record IntegerBlock(int Feature, TensorElementType Type, long[]? Categories, float[] Pool, string Flat) : EncoderBlock
{
    public override int Width => Categories?.Length ?? 1;

    public override IReadOnlyList<float[]> Values => Categories is null ? [Pool] : [.. Categories.Select(_ => Mark)];

    public override string ToString() =>
        $"feature {Feature} as {Type}: "
        + (Categories is null ? "the number" : $"one column each of {string.Join(',', Categories.Take(8))}");

    protected override (string Value, bool AreDoubles) WriteColumns(
        GraphWriter writer, IReadOnlyList<Feature> features, int index, Dictionary<string, IReadOnlyList<string>> inputs, bool wantsDoubles)
    {
        var input = writer.Input(features[Feature].Name, Type);
        return Categories is null
            ? (Type == TensorElementType.Float ? input : writer.Add("Cast", input, ("to", (int)TensorElementType.Float)), false)
            : (CategoryBlock.Flatten(
                writer, writer.Add("OneHotEncoder", input, ("cats_int64s", Categories), ("zeros", 1)), Flat, Categories.Length), false);
    }
}
