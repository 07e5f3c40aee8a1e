namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>How a model's scores become its answer.</summary>
internal enum PostTransform
{
    None,
    Logistic,
    Softmax,
    SoftmaxZero,
    Probit,
}

/// <summary>The post transforms of ai.onnx.ml, in 32-bit floats as ONNX Runtime computes them.</summary>
internal static class PostTransforms
{
    /// <exception cref="NotCompilableException">There is no transform of that name.</exception>
    public static PostTransform Parse(string name) => name switch
    {
        "NONE" => PostTransform.None,
        "LOGISTIC" => PostTransform.Logistic,
        "SOFTMAX" => PostTransform.Softmax,
        "SOFTMAX_ZERO" => PostTransform.SoftmaxZero,
        "PROBIT" => PostTransform.Probit,
        _ => throw new NotCompilableException($"it has the unknown post transform '{name}'"),
    };

    public static void Apply(PostTransform transform, Span<float> scores)
    {
        switch (transform)
        {
            case PostTransform.Logistic when scores.Length == 2 && scores[0] == -scores[1]:
                // One exponential for both: that is how a linear model of two classes ends.
                var upper = Logistic(MathF.Abs(scores[0]));
                (scores[0], scores[1]) = scores[0] < 0 ? (1 - upper, upper) : (upper, 1 - upper);
                break;
            case PostTransform.Logistic:
                foreach (ref var score in scores)
                {
                    score = Logistic(score);
                }

                break;
            case PostTransform.Softmax:
                Softmax(scores);
                break;
            case PostTransform.SoftmaxZero:
                SoftmaxZero(scores);
                break;
            case PostTransform.Probit:
                foreach (ref var score in scores)
                {
                    score = Probit(score);
                }

                break;
            default:
                break;
        }
    }

    public static float Logistic(float score)
    {
        var upper = 1 / (1 + MathF.Exp(-MathF.Abs(score)));
        return score < 0 ? 1 - upper : upper;
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

    /// <summary>Leaves scores that are zero out of the sum.</summary>
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

    /// <summary>The inverse of the normal distribution's cumulative function, by Winitzki's approximation of the inverse error function.</summary>
    public static float Probit(float score)
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
