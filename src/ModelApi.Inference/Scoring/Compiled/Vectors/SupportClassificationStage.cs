using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Transforms;

namespace ModelApi.Inference.Scoring.Compiled.Vectors;

/// <summary>SVMClassifier: one decision per pair of classes, a vote, and probabilities if the model has them.</summary>
/// <param name="inputs">The features.</param>
/// <param name="vectors">The support vectors, class after class.</param>
/// <param name="pairs">The pairs of classes, in order.</param>
/// <param name="classes">The number of classes.</param>
/// <param name="labelOutput">The register for the class.</param>
/// <param name="firstOutput">The first of the registers for the answer.</param>
internal sealed class SupportClassificationStage(
    Column[] inputs, SupportVectors vectors, ClassPair[] pairs, int classes, int labelOutput, int firstOutput)
    : SupportStage(inputs, vectors, firstOutput)
{
    protected override void Finish(ReadOnlySpan<float> nearness, int row, Block block)
    {
        Span<float> scores = stackalloc float[pairs.Length];
        Span<int> votes = stackalloc int[classes];
        for (var i = 0; i < pairs.Length; i++)
        {
            var pair = pairs[i];
            var sum = SupportVectors.Dot(nearness[pair.Vectors], pair.Coefficients)
                + SupportVectors.Dot(nearness[pair.OtherVectors], pair.OtherCoefficients)
                + pair.Offset;
            scores[i] = (float)sum;
            votes[sum > 0 ? pair.Class : pair.Other]++;
        }

        block.Register(labelOutput)[row] = FirstLargest(votes);
        if (pairs[0].Platt is not null)
        {
            Span<float> probabilities = stackalloc float[classes];
            PairwiseProbabilities.Join(scores, pairs, probabilities);
            Write(probabilities, row, block);
        }
        else if (classes == 2)
        {
            Write([-scores[0], scores[0]], row, block);
        }
        else
        {
            Write(scores, row, block);
        }
    }

    private static int FirstLargest(ReadOnlySpan<int> votes)
    {
        var largest = 0;
        for (var i = 1; i < votes.Length; i++)
        {
            largest = votes[i] > votes[largest] ? i : largest;
        }

        return largest;
    }
}

/// <summary>The decision between two classes.</summary>
internal sealed class ClassPair
{
    public required int Class { get; init; }

    public required int Other { get; init; }

    /// <summary>The support vectors of the first class.</summary>
    public required Range Vectors { get; init; }

    public required float[] Coefficients { get; init; }

    /// <summary>The support vectors of the second class.</summary>
    public required Range OtherVectors { get; init; }

    public required float[] OtherCoefficients { get; init; }

    public required float Offset { get; init; }

    /// <summary>Platt's factor and offset of the probability; null without probabilities.</summary>
    public required (float Factor, float Offset)? Platt { get; init; }

    /// <summary>The probability of the first class against the second.</summary>
    public float Probability(float score)
    {
        var (factor, offset) = Platt!.Value;
        var probability = 1 - ScoreMath.Logistic((score * factor) + offset);
        return Math.Min(Math.Max(probability, 1e-7f), 1 - 1e-7f);
    }
}
