using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>A small network of dense layers.</summary>
internal sealed record NetworkEstimator : Estimator
{
    public required IReadOnlyList<DenseLayer> Layers { get; init; }

    /// <summary>The operators behind the last layer.</summary>
    public required string Head { get; init; }

    /// <summary>The greatest magnitude that each column reaches.</summary>
    public required float[] Magnitudes { get; init; }

    public override int MlVersion => 3;

    public override double Floor =>
        3e-7 + (2e-6 * Layers.Aggregate(Array.ConvertAll(Magnitudes, magnitude => (double)magnitude), Reach).Max());

    public override bool MayRound => true;

    public override void Write(GraphWriter writer, string encoded) =>
        WriteScores(writer, Layers.Aggregate(encoded, (value, layer) => layer.Write(writer, value)), Head);

    public override IEnumerable<Estimator> Shrink()
    {
        for (var i = 0; i < Layers.Count; i++)
        {
            if (Layers[i].Activation != "Identity")
            {
                var at = i;
                yield return this with
                {
                    Layers = [.. Layers.Select((layer, index) => index == at ? layer with { Activation = "Identity" } : layer)],
                };
            }
        }
    }

    /// <summary>Scores one row in 64 bits.</summary>
    public (int Label, float[] Values) Score(double[] columns)
    {
        var values = Layers.Aggregate(columns, (row, layer) => layer.Apply(row));
        return PlainLinear.Finish(Array.ConvertAll(values, value => (float)value), Head);
    }

    public override string ToString() =>
        $"network {string.Join(", ", Layers)}, then {Head}, classes {(Classes is null ? "none" : string.Join(',', Classes.Names))}";

    // The largest magnitude that a layer's values can have, which bounds the error of a 32-bit sum.
    private static double[] Reach(double[] magnitudes, DenseLayer layer) =>
        [.. layer.Weights.Select((row, output) => 1 + Math.Abs(layer.Biases[output])
            + row.Select((weight, input) => Math.Abs(weight) * magnitudes[input]).Sum())];
}
