using System.Globalization;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>A linear model as one of several operators.</summary>
internal sealed record LinearEstimator : Estimator
{
    /// <summary>LinearClassifier, LinearRegressor, MatMul or Gemm.</summary>
    public required string Operator { get; init; }

    /// <summary>By output and column.</summary>
    public required float[][] Coefficients { get; init; }

    public required float[] Intercepts { get; init; }

    public required string PostTransform { get; init; }

    /// <summary>Gemm's factor of the product.</summary>
    public required float Alpha { get; init; }

    /// <summary>The operators behind the scores, except for LinearClassifier.</summary>
    public required string Head { get; init; }

    /// <summary>The greatest magnitude that each column reaches.</summary>
    public required float[] Magnitudes { get; init; }

    public override int MlVersion => 3;

    public override double Floor =>
        3e-7 + (2e-6 * Coefficients.Select((row, output) => Math.Abs(Intercepts[output]) + Magnitude(row)).Max());

    public override bool MayRound => true;

    public override void Write(GraphWriter writer, string encoded)
    {
        switch (Operator)
        {
            case "LinearClassifier":
                var (label, probabilities) = writer.AddTwo(
                    Operator,
                    encoded,
                    ("coefficients", Coefficients.SelectMany(row => row)),
                    ("intercepts", Intercepts),
                    ("post_transform", PostTransform),
                    LabelAttribute("classlabels_ints"));
                writer.Output(label, "label", Classes!.AreIntegers ? TensorElementType.Int64 : TensorElementType.String, null);
                writer.Output(probabilities, "probabilities", TensorElementType.Float, Classes.Count);
                break;
            case "LinearRegressor":
                var sums = writer.Add(
                    Operator,
                    encoded,
                    ("coefficients", Coefficients.SelectMany(row => row)),
                    ("intercepts", Intercepts),
                    ("targets", Coefficients.Length),
                    ("post_transform", PostTransform));
                WriteScores(writer, sums, Head);
                break;
            case "MatMul":
                var product = writer.Add("MatMul", [encoded, Matrix(writer, transposed: true)]);
                WriteScores(writer, writer.Add("Add", [product, writer.Constant(Intercepts)]), Head);
                break;
            case "Gemm":
                string[] inputs = [encoded, Matrix(writer, transposed: false), writer.Constant(Intercepts)];
                WriteScores(writer, writer.Add("Gemm", inputs, ("alpha", Alpha), ("beta", 2f), ("transB", 1)), Head);
                break;
            default:
                throw new InvalidOperationException(Operator);
        }
    }

    public override IEnumerable<Estimator> Shrink()
    {
        if (PostTransform != "NONE")
        {
            yield return this with { PostTransform = "NONE" };
        }

        foreach (var column in Enumerable.Range(0, Coefficients[0].Length)
            .Where(column => Coefficients.Any(row => row[column] != 0)).Take(12))
        {
            yield return this with
            {
                Coefficients = [.. Coefficients.Select(row => row.Select((factor, index) => index == column ? 0 : factor).ToArray())],
            };
        }
    }

    public override string ToString()
    {
        var factor = Operator == "Gemm" ? $" × {Alpha}" : "";
        var classes = Classes is null ? "none" : string.Join(',', Classes.Names);
        var rows = string.Join(Environment.NewLine + "  ", Coefficients.Select(row => string.Join(' ', row.Take(12))));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {Operator}{factor}, {PostTransform}, then {Head}, intercepts [{string.Join(' ', Intercepts)}], classes {classes}
              {rows}
            """);
    }

    private double Magnitude(float[] row) => row.Select((factor, column) => Math.Abs((double)factor) * Magnitudes[column]).Sum();

    private string Matrix(GraphWriter writer, bool transposed)
    {
        var columns = Coefficients[0].Length;
        return transposed
            ? writer.Constant(
                [.. Enumerable.Range(0, columns).SelectMany(column => Coefficients.Select(row => row[column]))],
                columns,
                Coefficients.Length)
            : writer.Constant([.. Coefficients.SelectMany(row => row)], Coefficients.Length, columns);
    }
}
