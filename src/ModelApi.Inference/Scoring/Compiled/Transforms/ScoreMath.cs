namespace ModelApi.Inference.Scoring.Compiled.Transforms;

/// <summary>The functions behind the post transforms, in 32-bit floats as ONNX Runtime computes them.</summary>
internal static class ScoreMath
{
    public static float Logistic(float score)
    {
        var upper = 1 / (1 + MathF.Exp(-MathF.Abs(score)));
        return score < 0 ? 1 - upper : upper;
    }

    public static void Logistic(Span<float> scores)
    {
        if (scores.Length == 2 && scores[0] == -scores[1])
        {
            // One exponential serves both scores of a linear model with two classes.
            var upper = Logistic(MathF.Abs(scores[0]));
            (scores[0], scores[1]) = scores[0] < 0 ? (1 - upper, upper) : (upper, 1 - upper);
            return;
        }

        foreach (ref var score in scores)
        {
            score = Logistic(score);
        }
    }

    public static void Softmax(Span<float> scores)
    {
        var largest = Largest(scores);
        var sum = 0f;
        foreach (ref var score in scores)
        {
            score = MathF.Exp(score - largest);
            sum += score;
        }

        foreach (ref var score in scores)
        {
            score /= sum;
        }
    }

    /// <summary>Softmax that leaves scores of zero out of the sum.</summary>
    public static void SoftmaxZero(Span<float> scores)
    {
        const float Zero = 0.0000001f;
        var largest = Largest(scores);
        var sum = 0f;
        foreach (ref var score in scores)
        {
            if (score is > Zero or < -Zero)
            {
                score = MathF.Exp(score - largest);
                sum += score;
            }
            else
            {
                score *= MathF.Exp(-largest);
            }
        }

        foreach (ref var score in scores)
        {
            score /= sum;
        }
    }

    public static void Probit(Span<float> scores)
    {
        foreach (ref var score in scores)
        {
            score = Probit(score);
        }
    }

    /// <summary>The inverse of the normal distribution's cumulative function.</summary>
    /// <remarks>Uses Winitzki's approximation of the inverse error function.</remarks>
    private static float Probit(float score)
    {
        const float A = 0.147f;
        var x = (2 * score) - 1;
        var log = MathF.Log((1 - x) * (1 + x));
        var v = (2 / (MathF.PI * A)) + (0.5f * log);
        var v2 = 1 / A * log;
        var root = MathF.Sqrt(-v + MathF.Sqrt((v * v) - v2));
        return MathF.Sqrt(2) * ((x < 0 ? -1f : 1f) * root);
    }

    private static float Largest(ReadOnlySpan<float> scores)
    {
        var largest = float.MinValue;
        foreach (var score in scores)
        {
            largest = score > largest ? score : largest;
        }

        return largest;
    }
}
