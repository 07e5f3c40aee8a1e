using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Linear;

/// <summary>The weights of a matrix most of which is zero.</summary>
internal sealed class SparseWeights
{
    private readonly SparseStage _stage;
    private readonly int _outputs;

    // [columns × outputs]
    private readonly double[] _weights;

    private SparseWeights(SparseStage stage, int outputs)
    {
        (_stage, _outputs) = (stage, outputs);
        _weights = new double[checked(stage.Width * outputs)];
    }

    /// <param name="stage">The stage that computes the matrix.</param>
    /// <param name="inputs">The columns of a linear model, some of them of the matrix.</param>
    /// <param name="weightsOf">The weights of a column, by its index.</param>
    /// <param name="outputs">The number of outputs.</param>
    public static SparseWeights Of(SparseStage stage, Column[] inputs, Func<int, double[]> weightsOf, int outputs)
    {
        var sparse = new SparseWeights(stage, outputs);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is SparseColumn column && column.Stage == stage)
            {
                var weights = weightsOf(i);
                for (var output = 0; output < outputs; output++)
                {
                    sparse._weights[(column.Place * outputs) + output] += weights[output];
                }
            }
        }

        return sparse;
    }

    /// <summary>Adds the products of one row to sums.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="row">The row's index in the block.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="stride">The distance between the sums of two outputs.</param>
    public void AddRow(Block block, int row, Span<double> sums, int stride)
    {
        var rows = _stage.RowsIn(block);
        var places = rows.Places(row);
        var values = rows.Values(row);
        for (var i = 0; i < places.Length; i++)
        {
            var weights = _weights.AsSpan(places[i] * _outputs, _outputs);
            var value = values[i];
            for (var output = 0; output < weights.Length; output++)
            {
                sums[output * stride] += value * weights[output];
            }
        }
    }
}
