using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Multiplies the columns of a matrix most of which is zero, and normalizes its rows.</summary>
/// <param name="input">The matrix.</param>
internal abstract class SparseMapStage(SparseStage input) : SparseStage(input.Width)
{
    public sealed override void Run(Block block)
    {
        var (source, rows) = (input.RowsIn(block), RowsIn(block));
        rows.Clear();
        for (var row = 0; row < block.Rows; row++)
        {
            var places = source.Places(row);
            var values = source.Values(row);
            for (var i = 0; i < places.Length; i++)
            {
                rows.Add(places[i], values[i]);
            }

            rows.EndRow();
            Map(rows.Places(row), rows.Values(row));
        }
    }

    /// <summary>Changes the values of one row in place.</summary>
    protected abstract void Map(ReadOnlySpan<int> places, Span<double> values);
}

/// <summary>Multiplies each column by a 32-bit float.</summary>
internal sealed class SparseScaleStage(SparseStage input, double[] factors) : SparseMapStage(input)
{
    protected override void Map(ReadOnlySpan<int> places, Span<double> values)
    {
        for (var i = 0; i < places.Length; i++)
        {
            values[i] = (float)(values[i] * factors[places[i]]);
        }
    }
}

/// <summary>ai.onnx.ml Normalizer.</summary>
internal sealed class SparseNormalizeStage(SparseStage input, string norm) : SparseMapStage(input)
{
    protected override void Map(ReadOnlySpan<int> places, Span<double> values)
    {
        var divisor = values.Length < Width ? 0 : double.MinValue;
        foreach (var value in values)
        {
            divisor = norm switch
            {
                "MAX" => Math.Max(divisor, value),
                "L1" => Math.Max(divisor, 0) + Math.Abs(value),
                _ => Math.Max(divisor, 0) + (value * value),
            };
        }

        divisor = norm is "MAX" or "L1" ? divisor : Math.Sqrt(divisor);
        if (divisor != 0)
        {
            foreach (ref var value in values)
            {
                value = (float)(value / divisor);
            }
        }
    }
}
