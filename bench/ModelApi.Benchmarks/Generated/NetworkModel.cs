namespace ModelApi.Benchmarks.Generated;

/// <summary>A network of 30-64-32-2, as PyTorch exports it: three Gemm, two Relu and a Softmax behind a scaler.</summary>
internal static class NetworkModel
{
    public const string Name = "network-30-64-32-2";

    private static readonly int[] Widths = [30, 64, 32, 2];

    /// <returns>The bundle's folder.</returns>
    public static string Write(string root)
    {
        var random = new Random(30);
        var file = new GraphFile(Widths[0], Widths[^1]);
        var value = "features";
        var layers = new List<(float[] Weights, float[] Biases)>();
        for (var layer = 1; layer < Widths.Length; layer++)
        {
            var (inputs, outputs) = (Widths[layer - 1], Widths[layer]);
            var weights = Weights(random, inputs * outputs, 2 / MathF.Sqrt(inputs));
            var biases = Weights(random, outputs, 0.5f);
            layers.Add((weights, biases));
            file.Constant($"w{layer}", weights, outputs, inputs);
            file.Constant($"b{layer}", biases, outputs);
            file.Node("", "Gemm", [value, $"w{layer}", $"b{layer}"], [$"sums{layer}"], GraphFile.Int("transB", 1));
            value = $"sums{layer}";
            if (layer < Widths.Length - 1)
            {
                file.Node("", "Relu", [value], [$"hidden{layer}"]);
                value = $"hidden{layer}";
            }
        }

        file.Node("", "Softmax", [value], ["probabilities"], GraphFile.Int("axis", 1));
        file.Node("", "ArgMax", ["probabilities"], ["index"], GraphFile.Int("axis", 1), GraphFile.Int("keepdims", 0));
        file.Constant("classes", GeneratedBundle.Classes);
        file.Node("", "Gather", ["classes", "index"], ["label"], GraphFile.Int("axis", 0));
        return GeneratedBundle.Write(root, Name, Widths[0], file.ToBytes(), row => Score(row, layers));
    }

    public static float[] Weights(Random random, int count, float scale) =>
        [.. Enumerable.Range(0, count).Select(_ => ((random.NextSingle() * 2) - 1) * scale)];

    private static double Score(double[] row, List<(float[] Weights, float[] Biases)> layers)
    {
        for (var layer = 0; layer < layers.Count; layer++)
        {
            var (weights, biases) = layers[layer];
            var values = row;
            row = [.. biases.Select((bias, output) =>
            {
                var sum = bias + values.Select((value, input) => value * weights[(output * values.Length) + input]).Sum();
                return layer < layers.Count - 1 ? Math.Max(0, sum) : sum;
            })];
        }

        return 1 / (1 + Math.Exp(row[0] - row[1]));
    }
}
