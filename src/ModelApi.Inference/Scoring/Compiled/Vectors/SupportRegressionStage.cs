using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Vectors;

/// <summary>SVMRegressor.</summary>
/// <param name="inputs">The features.</param>
/// <param name="vectors">The support vectors.</param>
/// <param name="coefficients">One per vector.</param>
/// <param name="offset">Added to the sum.</param>
/// <param name="isOneClass">Whether the answer is 1 above zero, and else -1.</param>
/// <param name="output">The register for the answer.</param>
internal sealed class SupportRegressionStage(
    Column[] inputs, SupportVectors vectors, float[] coefficients, float offset, bool isOneClass, int output)
    : SupportStage(inputs, vectors, output)
{
    protected override void Finish(ReadOnlySpan<float> nearness, int row, Block block)
    {
        var sum = (float)(SupportVectors.Dot(nearness, coefficients) + offset);
        Write([isOneClass ? (sum > 0 ? 1 : -1) : sum], row, block);
    }
}
