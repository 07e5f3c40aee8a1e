namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>The arithmetic of <see cref="PlainScorer"/> outside of trees.</summary>
internal static class PlainLinear
{
    public static (int Label, float[] Values) Score(LinearEstimator linear, double[] columns)
    {
        var alpha = linear.Operator == "Gemm" ? linear.Alpha : 1;
        var beta = linear.Operator == "Gemm" ? 2 : 1;
        var scores = linear.Coefficients
            .Select((row, output) => (float)((alpha * Product(row, columns)) + (beta * (double)linear.Intercepts[output])))
            .ToArray();
        if (linear.Operator == "LinearClassifier")
        {
            return scores.Length == 1
                ? (scores[0] > 0 ? 1 : 0, OfOneScore(scores[0], linear.PostTransform))
                : (Greatest(scores), Transform(scores, linear.PostTransform));
        }

        return Finish(
            scores.Length > 1 || linear.PostTransform == "PROBIT" ? Transform(scores, linear.PostTransform) : scores, linear.Head);
    }

    /// <summary>Applies the operators behind a regressor's scores.</summary>
    public static (int Label, float[] Values) Finish(float[] scores, string head)
    {
        float[] values = head switch
        {
            "Complement" => [1 - Sigmoid(scores[0]), Sigmoid(scores[0])],
            "Sigmoid" => [.. scores.Select(Sigmoid)],
            "Softmax" => Transform(scores, "SOFTMAX"),
            _ => scores,
        };
        return (Greatest(values), values);
    }

    public static float[] Transform(float[] scores, string postTransform)
    {
        // If all scores are NaN, the search keeps its initial value.
        var most = scores.Where(score => !float.IsNaN(score)).Append(-float.MaxValue).Max();
        switch (postTransform)
        {
            case "LOGISTIC":
                return [.. scores.Select(Logistic)];
            case "SOFTMAX":
                var powers = scores.Select(score => MathF.Exp(score - most)).ToArray();
                var sum = powers.Aggregate(0f, (total, power) => total + power);
                return [.. powers.Select(power => power / sum)];
            case "SOFTMAX_ZERO":
                var parts = scores.Select(score => score is > 1e-7f or < -1e-7f ? MathF.Exp(score - most) : score * MathF.Exp(-most))
                    .ToArray();
                var whole = parts.Where((_, index) => scores[index] is > 1e-7f or < -1e-7f).Aggregate(0f, (total, part) => total + part);
                return [.. parts.Select(part => part / whole)];
            case "PROBIT":
                return [.. scores.Select(Probit)];
            default:
                return scores;
        }
    }

    public static float Logistic(float score)
    {
        var value = 1 / (1 + MathF.Exp(-MathF.Abs(score)));
        return score < 0 ? 1 - value : value;
    }

    public static float[] Normalize(float[] row, string norm)
    {
        var divisor = norm switch
        {
            "MAX" => row.Aggregate(-float.MaxValue, (most, value) => most < value ? value : most),
            "L1" => row.Aggregate(0f, (sum, value) => sum + MathF.Abs(value)),
            _ => row.Aggregate(0f, (sum, value) => sum + (value * value)),
        };
        return divisor == 0
            ? row
            : [.. row.Select(value => norm != "L2" ? value / divisor : SignedRoot(value, value * value / divisor))];
    }

    private static double Product(float[] row, double[] columns) => row.Select((factor, column) => factor * columns[column]).Sum();

    private static float SignedRoot(float sign, float square) => sign < 0 ? -MathF.Sqrt(square) : MathF.Sqrt(square);

    private static float[] OfOneScore(float score, string transform) =>
        transform == "LOGISTIC" ? [Logistic(-score), Logistic(score)] : [1 - score, score];

    private static int Greatest(float[] values)
    {
        var most = 0;
        for (var i = 1; i < values.Length; i++)
        {
            most = values[i] > values[most] ? i : most;
        }

        return most;
    }

    private static float Sigmoid(float value) => (float)(1 / (1 + Math.Exp(-(double)value)));

    // Winitzki's approximation of the inverse error function, in the order in which ONNX Runtime rounds.
    private static float Probit(float score)
    {
        var x = (2 * score) - 1;
        var log = MathF.Log((1 - x) * (1 + x));
        var v = (2 / (MathF.PI * 0.147f)) + (0.5f * log);
        var v2 = 1 / 0.147f * log;
        return MathF.Sqrt(2) * ((x < 0 ? -1f : 1f) * MathF.Sqrt(-v + MathF.Sqrt((v * v) - v2)));
    }
}
