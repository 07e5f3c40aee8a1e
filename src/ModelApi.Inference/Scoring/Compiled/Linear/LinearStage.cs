using System.Numerics.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Compiled.Linear;

/// <summary>Sums of weighted columns: a linear model, or a matrix product with constants.</summary>
/// <remarks>
/// The columns of one text feature become one table with a weight per category, and constants become part of the intercept.
/// Sums are 64-bit floats, hence more precise than ONNX Runtime's 32-bit ones.
/// </remarks>
internal sealed class LinearStage : ColumnStage
{
    private readonly WeightedColumn[] _numbers;
    private readonly CategoryColumns[] _categories;
    private readonly double[] _intercepts;
    private readonly int _firstOutput;
    private double[][][] _tables = [];

    // For single rows, if all numbers are only rounded, imputed and scaled; else null.
    private readonly ScaledNumbers? _scaled;
    private readonly double[][] _weights;

    /// <param name="inputs">The columns.</param>
    /// <param name="weights">The weights, <c>[outputs × columns]</c>.</param>
    /// <param name="intercepts">One per output.</param>
    /// <param name="firstOutput">The first of the consecutive registers for the sums.</param>
    /// <param name="signature">The features.</param>
    public LinearStage(Column[] inputs, double[] weights, double[] intercepts, int firstOutput, Signature signature)
    {
        var outputs = intercepts.Length;
        _firstOutput = firstOutput;
        _intercepts = [.. intercepts];
        var weighted = inputs.Select((column, i) => new WeightedColumn(column, WeightsOf(i))).ToList();
        foreach (var (column, columnWeights) in weighted)
        {
            for (var output = 0; output < outputs && column is ConstantColumn; output++)
            {
                _intercepts[output] += ((ConstantColumn)column).Value * columnWeights[output];
            }
        }

        _numbers = [.. weighted.Where(input => input.Column is not (ConstantColumn or CategoryColumn))];
        _scaled = ScaledNumbers.TryRead([.. _numbers.Select(number => number.Column)], signature);
        _weights = new double[outputs][];
        for (var output = 0; output < outputs; output++)
        {
            _weights[output] = new double[_scaled?.Length ?? 0];
            for (var i = 0; i < _numbers.Length && _scaled is not null; i++)
            {
                _weights[output][i] = _numbers[i].Weights[output];
            }
        }

        _categories = [.. weighted.Where(input => input.Column is CategoryColumn)
            .GroupBy(input => ((CategoryColumn)input.Column).Source)
            .Select(group => new CategoryColumns(
                group.Key, [.. group.Select(input => input.Column)], [.. group.Select(input => input.Weights)]))];

        double[] WeightsOf(int column) =>
            [.. Enumerable.Range(0, outputs).Select(output => weights[(output * inputs.Length) + column])];
    }

    public override void Prepare() => _tables = [.. _categories.Select(category => Tables(category.Columns, category.Weights))];

    public override StageMemory? CreateMemory(int rows) => _scaled is null ? null : new Memory(new double[_scaled.Length]);

    public override void Run(Block block)
    {
        for (var output = 0; output < _intercepts.Length; output++)
        {
            block.Register(_firstOutput + output).Fill(_intercepts[output]);
        }

        if (block.Rows == 1 && _scaled is not null)
        {
            AddNumbersOfRow(block, _scaled);
        }
        else
        {
            AddNumbers(block);
        }

        for (var i = 0; i < _categories.Length; i++)
        {
            var places = block.Places(_categories[i].Source);
            for (var output = 0; output < _intercepts.Length; output++)
            {
                var sums = block.Register(_firstOutput + output);
                var table = _tables[i][output];
                for (var row = 0; row < places.Length; row++)
                {
                    sums[row] += table[places[row]];
                }
            }
        }
    }

    private void AddNumbersOfRow(Block block, ScaledNumbers numbers)
    {
        var values = ((Memory)block.Memories[Index]!).Numbers;
        numbers.Read(block, values);
        for (var output = 0; output < _weights.Length; output++)
        {
            block.Register(_firstOutput + output)[0] += TensorPrimitives.Dot<double>(values, _weights[output]);
        }
    }

    private void AddNumbers(Block block)
    {
        var values = block.Scratch.AsSpan(0, block.Rows);
        foreach (var (column, weights) in _numbers)
        {
            column.Read(block, values);
            for (var output = 0; output < weights.Length; output++)
            {
                var sums = block.Register(_firstOutput + output);
                TensorPrimitives.MultiplyAdd(values, weights[output], sums, sums);
            }
        }
    }

    private double[][] Tables(Column[] columns, double[][] weights)
    {
        var tables = _intercepts.Select(_ => new double[((CategoryColumn)columns[0]).Table.Length]).ToArray();
        for (var i = 0; i < columns.Length; i++)
        {
            var table = ((CategoryColumn)columns[i]).Table;
            for (var output = 0; output < tables.Length; output++)
            {
                for (var place = 0; place < table.Length; place++)
                {
                    tables[output][place] += table[place] * weights[i][output];
                }
            }
        }

        return tables;
    }

    private sealed record WeightedColumn(Column Column, double[] Weights);

    private sealed record CategoryColumns(CategorySource Source, Column[] Columns, double[][] Weights);

    private sealed class Memory(double[] numbers) : StageMemory
    {
        public double[] Numbers { get; } = numbers;
    }
}
