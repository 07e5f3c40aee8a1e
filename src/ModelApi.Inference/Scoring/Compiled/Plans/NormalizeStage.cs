using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>ai.onnx.ml Normalizer.</summary>
internal sealed class NormalizeStage(Column[] inputs, string norm, int firstOutput) : RowStage(inputs, firstOutput)
{
    protected override void Run(Span<float> values, int row, Block block)
    {
        switch (norm)
        {
            case "MAX":
                Divide(values, Largest(values));
                break;
            case "L1":
                Divide(values, SumOfMagnitudes(values));
                break;
            default:
                DivideByLength(values);
                break;
        }

        Write(values, row, block);
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = float.MinValue;
        foreach (var value in values)
        {
            largest = largest < value ? value : largest;
        }

        return largest;
    }

    private static float SumOfMagnitudes(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
        {
            sum += Math.Abs(value);
        }

        return sum;
    }

    private static void Divide(Span<float> values, float divisor)
    {
        if (divisor != 0)
        {
            foreach (ref var value in values)
            {
                value /= divisor;
            }
        }
    }

    private static void DivideByLength(Span<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
        {
            sum += value * value;
        }

        if (sum != 0)
        {
            foreach (ref var value in values)
            {
                var magnitude = MathF.Sqrt(value * value / sum);
                value = value < 0 ? -magnitude : magnitude;
            }
        }
    }
}
