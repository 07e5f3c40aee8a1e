using System.Globalization;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>One step of preprocessing.</summary>
internal abstract record NumberStep
{
    /// <summary>Applies the step to typical values of the columns.</summary>
    public abstract IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values);

    /// <param name="writer">Receives the nodes.</param>
    /// <param name="value">The input of the step.</param>
    /// <param name="columns">The number of its columns.</param>
    public abstract string Write(GraphWriter writer, string value, int columns);

    public sealed override string ToString() => GetType().Name + Describe();

    protected virtual string Describe() => "";

    protected static string Describe(IEnumerable<float> numbers) =>
        $"({string.Join(' ', numbers.Take(6).Select(number => number.ToString("R", CultureInfo.InvariantCulture)))})";
}

internal sealed record Impute(float[] Values, float Replaced) : NumberStep
{
    public override IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values) =>
        [.. values.Select((column, index) => column.Append(Values[Values.Length == 1 ? 0 : index]).ToArray())];

    public override string Write(GraphWriter writer, string value, int columns) =>
        writer.Add("Imputer", value, ("imputed_value_floats", Values), ("replaced_value_float", Replaced));

    protected override string Describe() => $"{Describe([Replaced])}→{Describe(Values)}";
}

internal sealed record Scale(float[] Offset, float[] Factor) : NumberStep
{
    public override IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values) =>
        [.. values.Select((column, index) => column.Select(value => (value - Of(Offset, index)) * Of(Factor, index)).ToArray())];

    public override string Write(GraphWriter writer, string value, int columns) =>
        writer.Add("Scaler", value, ("offset", Offset), ("scale", Factor));

    protected override string Describe() => Describe(Offset) + Describe(Factor);

    private static float Of(float[] numbers, int index) => numbers[numbers.Length == 1 ? 0 : index];
}

internal sealed record Normalize(string Norm) : NumberStep
{
    private static readonly float[] Usual = [0, 1, -1, 0.5f, 0.25f, 0.33f, -0.1f, 2];

    public override IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values) =>
        [.. values.Select(_ => Usual)];

    public override string Write(GraphWriter writer, string value, int columns) => writer.Add("Normalizer", value, ("norm", Norm));

    protected override string Describe() => Norm;
}

/// <summary>Only behind an <see cref="Impute"/> of NaN, which the operator refuses.</summary>
internal sealed record Binarize(float Threshold) : NumberStep
{
    private static readonly float[] Both = [0, 1, 0.5f];

    public override IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values) => [.. values.Select(_ => Both)];

    public override string Write(GraphWriter writer, string value, int columns) => writer.Add("Binarizer", value, ("threshold", Threshold));

    protected override string Describe() => Describe([Threshold]);
}

/// <param name="Operator">Add, Sub, Mul or Div.</param>
/// <param name="Values">One for all columns, or one each.</param>
/// <param name="First">Whether the constant is the first operand.</param>
internal sealed record Arithmetic(string Operator, float[] Values, bool First) : NumberStep
{
    public override IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values) =>
        [.. values.Select((column, index) => column.Select(value => Apply(value, Values[Values.Length == 1 ? 0 : index])).ToArray())];

    public override string Write(GraphWriter writer, string value, int columns)
    {
        var constant = writer.Constant(Values);
        return writer.Add(Operator, First ? [constant, value] : [value, constant]);
    }

    protected override string Describe() => $"{Operator}{Describe(Values)}{(First ? " first" : "")}";

    private float Apply(float value, float constant)
    {
        var (a, b) = First ? (constant, value) : (value, constant);
        return Operator switch { "Add" => a + b, "Sub" => a - b, "Mul" => a * b, _ => a / b };
    }
}

/// <summary>Numbers for numbers, as LabelEncoder has them from version 2 on; from version 4 on NaN can be one of the keys.</summary>
internal sealed record Recode(float[] Keys, float[] Values, float Otherwise, int Version) : NumberStep
{
    public override IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values) =>
        [.. values.Select(_ => Values.Append(Otherwise).ToArray())];

    public override string Write(GraphWriter writer, string value, int columns) =>
        writer.Add("LabelEncoder", value, ("keys_floats", Keys), ("values_floats", Values), ("default_float", Otherwise));

    protected override string Describe() => $"{Version}{Describe(Keys)}→{Describe(Values)}, or {Describe([Otherwise])}";
}

/// <param name="Columns">Which columns, in which order.</param>
/// <param name="Operator">Gather or ArrayFeatureExtractor.</param>
internal sealed record Select(long[] Columns, string Operator) : NumberStep
{
    public override IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values) => [.. Columns.Select(column => values[(int)column])];

    public override string Write(GraphWriter writer, string value, int columns)
    {
        string[] inputs = [value, writer.Constant(Columns)];
        return Operator == "Gather" ? writer.Add("Gather", inputs, ("axis", 1)) : writer.Add("ArrayFeatureExtractor", inputs);
    }

    protected override string Describe() => $"{Operator}({string.Join(' ', Columns.Take(10))})";
}

/// <summary>A step that changes nothing.</summary>
internal sealed record Keep(string Operator) : NumberStep
{
    public override IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values) => values;

    public override string Write(GraphWriter writer, string value, int columns) => Operator switch
    {
        "Reshape" => writer.Add("Reshape", [value, writer.Constant([-1L, columns])]),
        "Flatten" => writer.Add("Flatten", value, ("axis", 1)),
        "Unsqueeze" => writer.Add("Squeeze", [writer.Add("Unsqueeze", [value, writer.Constant([1L])]), writer.Constant([1L])]),
        "Cast" => writer.Add(
            "Cast", writer.Add("Cast", value, ("to", (int)TensorElementType.Double)), ("to", (int)TensorElementType.Float)),
        "FeatureVectorizer" => writer.Add("FeatureVectorizer", value, ("inputdimensions", new long[] { columns })),
        _ => writer.Add("Identity", value),
    };

    protected override string Describe() => Operator;
}
