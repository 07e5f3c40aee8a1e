namespace ModelApi.Benchmarks.Generated;

/// <summary>A support vector machine of 300 vectors and 30 features with two classes and probabilities, as skl2onnx exports it.</summary>
internal static class SvmModel
{
    public const string Name = "svm-300";

    private const int Features = 30;
    private const int Vectors = 300;
    private const float Gamma = 1f / 60;
    private const float Rho = 0.05f;
    private const float A = -1.4f;
    private const float B = 0.1f;

    /// <returns>The bundle's folder.</returns>
    public static string Write(string root)
    {
        var random = new Random(300);
        var vectors = NetworkModel.Weights(random, Vectors * Features, 2);
        var coefficients = NetworkModel.Weights(random, Vectors, 1);
        var file = new GraphFile(Features, 2);
        file.Node(
            "ai.onnx.ml",
            "SVMClassifier",
            ["features"],
            ["label", "probabilities"],
            GraphFile.Texts("classlabels_strings", GeneratedBundle.Classes),
            GraphFile.Floats("coefficients", coefficients),
            GraphFile.Floats("kernel_params", [Gamma, 0, 3]),
            GraphFile.Word("kernel_type", "RBF"),
            GraphFile.Word("post_transform", "NONE"),
            GraphFile.Floats("prob_a", [A]),
            GraphFile.Floats("prob_b", [B]),
            GraphFile.Floats("rho", [Rho]),
            GraphFile.Floats("support_vectors", vectors),
            GraphFile.Ints("vectors_per_class", [Vectors / 2, Vectors / 2]));
        return GeneratedBundle.Write(root, Name, Features, file.ToBytes(), row => Score(row, vectors, coefficients));
    }

    // Platt's probability; ONNX Runtime approaches it in steps, up to a quarter of a percent.
    private static double Score(double[] row, float[] vectors, float[] coefficients)
    {
        double sum = Rho;
        for (var vector = 0; vector < Vectors; vector++)
        {
            var distance = row.Select((value, feature) => Math.Pow(value - vectors[(vector * Features) + feature], 2)).Sum();
            sum += coefficients[vector] * Math.Exp(-Gamma * distance);
        }

        return 1 - (1 / (1 + Math.Exp((A * sum) + B)));
    }
}
