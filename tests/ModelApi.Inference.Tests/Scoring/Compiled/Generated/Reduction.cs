using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>One number of all columns of a row.</summary>
internal sealed record Reduction(string Operator) : NumberStep
{
    public static readonly string[] Operators =
        ["ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceMean", "ReduceSum", "ReduceSumSquare"];

    public override IReadOnlyList<float[]> Map(IReadOnlyList<float[]> values)
    {
        var rows = Enumerable.Range(0, values.Min(column => column.Length));
        return [[.. rows.Select(row => (float)Of([.. values.Select(column => (double)column[row])]))]];
    }

    public override string Write(GraphWriter writer, string value, int columns) => writer.Opset >= 18 || Operator == "ReduceSum"
        ? writer.Add(Operator, [value, writer.Constant([1L])])
        : writer.Add(Operator, value, ("axes", new long[] { 1 }));

    protected override string Describe() => Operator;

    private double Of(double[] values) => Operator switch
    {
        "ReduceL1" => values.Sum(Math.Abs),
        "ReduceL2" => Math.Sqrt(values.Sum(value => value * value)),
        "ReduceLogSumExp" => Math.Log(values.Sum(value => Math.Exp(value - values[0]))) + values[0],
        "ReduceMean" => values.Average(),
        "ReduceSum" => values.Sum(),
        _ => values.Sum(value => value * value),
    };
}
