using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>One layer of a network.</summary>
/// <param name="Weights">By output and input.</param>
/// <param name="Biases">By output.</param>
/// <param name="Activation">An operator of <see cref="Curve"/>, or Identity.</param>
/// <param name="IsGemm">Whether it is one Gemm, not MatMul and Add.</param>
internal sealed record DenseLayer(float[][] Weights, float[] Biases, string Activation, bool IsGemm)
{
    public string Write(GraphWriter writer, string value)
    {
        var inputs = Weights[0].Length;
        var sums = IsGemm
            ? writer.Add(
                "Gemm",
                [value, writer.Constant([.. Weights.SelectMany(row => row)], Weights.Length, inputs), writer.Constant(Biases)],
                ("transB", 1))
            : writer.Add("Add", [writer.Add("MatMul", [value, Transposed(writer, inputs)]), writer.Constant(Biases)]);
        return Activation == "Identity" ? sums : Curve.Write(writer, sums, Activation);
    }

    public double[] Apply(double[] row) =>
        [.. Weights.Select((weights, output) =>
            Curve.Of(Activation, Biases[output] + weights.Select((weight, input) => weight * row[input]).Sum()))];

    public override string ToString() => $"{Weights[0].Length}→{Weights.Length} {Activation}";

    private string Transposed(GraphWriter writer, int inputs) => writer.Constant(
        [.. Enumerable.Range(0, inputs).SelectMany(input => Weights.Select(row => row[input]))], inputs, Weights.Length);
}
