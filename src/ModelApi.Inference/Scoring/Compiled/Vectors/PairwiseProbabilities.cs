namespace ModelApi.Inference.Scoring.Compiled.Vectors;

/// <summary>Joins the probabilities of pairs of classes to one per class.</summary>
/// <remarks>
/// Source: Wu, Lin and Weng, Probability Estimates for Multi-class Classification by Pairwise Coupling (JMLR 5, 2004), second approach.
/// It approaches the answer in steps and stops short of it, so the order and the width of every operation are ONNX Runtime's.
/// </remarks>
internal static class PairwiseProbabilities
{
    private const int MostSteps = 100;
    private const float Precision = 0.005f;

    /// <param name="scores">One per pair.</param>
    /// <param name="pairs">The pairs of classes.</param>
    /// <param name="probabilities">Receives one probability per class.</param>
    public static void Join(ReadOnlySpan<float> scores, ClassPair[] pairs, Span<float> probabilities)
    {
        var classes = probabilities.Length;
        Span<float> of = stackalloc float[classes * classes];
        for (var i = 0; i < pairs.Length; i++)
        {
            var probability = pairs[i].Probability(scores[i]);
            of[(pairs[i].Class * classes) + pairs[i].Other] = probability;
            of[(pairs[i].Other * classes) + pairs[i].Class] = 1 - probability;
        }

        Span<float> matrix = stackalloc float[classes * classes];
        Fill(of, matrix, probabilities);
        Span<float> products = stackalloc float[classes];
        for (var step = 0; step < MostSteps; step++)
        {
            var total = 0f;
            for (var i = 0; i < classes; i++)
            {
                products[i] = 0;
                for (var j = 0; j < classes; j++)
                {
                    products[i] += matrix[(i * classes) + j] * probabilities[j];
                }

                total += probabilities[i] * products[i];
            }

            var error = 0f;
            foreach (var product in products)
            {
                error = Math.Abs(product - total) is var difference && difference > error ? difference : error;
            }

            if (error < Precision / classes)
            {
                return;
            }

            Improve(matrix, products, total, probabilities);
        }
    }

    private static void Fill(ReadOnlySpan<float> of, Span<float> matrix, Span<float> probabilities)
    {
        var classes = probabilities.Length;
        for (var i = 0; i < classes; i++)
        {
            probabilities[i] = 1f / classes;
            for (var j = 0; j < classes; j++)
            {
                var opposite = of[(j * classes) + i];
                if (j != i)
                {
                    matrix[(i * classes) + i] += opposite * opposite;
                    matrix[(i * classes) + j] = j < i ? matrix[(j * classes) + i] : -opposite * of[(i * classes) + j];
                }
            }
        }
    }

    private static void Improve(ReadOnlySpan<float> matrix, Span<float> products, float total, Span<float> probabilities)
    {
        var classes = probabilities.Length;
        for (var i = 0; i < classes; i++)
        {
            var own = matrix[(i * classes) + i];
            var change = (-products[i] + total) / own;
            probabilities[i] += change;
            total = (total + (change * ((change * own) + (2 * products[i])))) / (1 + change) / (1 + change);
            for (var j = 0; j < classes; j++)
            {
                products[j] = (products[j] + (change * matrix[(i * classes) + j])) / (1 + change);
                probabilities[j] /= 1 + change;
            }
        }
    }
}
