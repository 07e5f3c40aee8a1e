using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Transforms;

/// <summary>The post transforms of ai.onnx.ml.</summary>
/// <remarks>The numbers of Logistic and Softmax are exchanged in the operator's description; ONNX Runtime reads them as below.</remarks>
internal static class PostTransforms
{
    public static readonly PostTransform None = new("NONE", 0, static _ => { });

    public static readonly PostTransform Logistic = new("LOGISTIC", 1, static scores => ScoreMath.Logistic(scores));

    public static readonly PostTransform Softmax = new("SOFTMAX", 2, static scores => ScoreMath.Softmax(scores));

    // Treats scores of exactly zero apart.
    public static readonly PostTransform SoftmaxZero =
        new("SOFTMAX_ZERO", 3, static scores => ScoreMath.SoftmaxZero(scores)) { DependsOnLastDigit = true };

    // Subtracts numbers that are nearly equal.
    public static readonly PostTransform Probit = new("PROBIT", 4, static scores => ScoreMath.Probit(scores)) { DependsOnLastDigit = true };

    private static readonly PostTransform[] All = [None, Logistic, Softmax, SoftmaxZero, Probit];

    /// <exception cref="NotCompilableException">No post transform has that name.</exception>
    public static PostTransform Find(string name) =>
        Array.Find(All, transform => transform.Name == name)
        ?? throw new NotCompilableException($"it has the unknown post transform '{name}'");

    /// <exception cref="NotCompilableException">No post transform has that number.</exception>
    public static PostTransform Find(long number) =>
        Array.Find(All, transform => transform.Number == number)
        ?? throw new NotCompilableException($"it has the unknown post transform {number}");
}
