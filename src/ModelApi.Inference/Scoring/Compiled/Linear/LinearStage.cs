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
    private readonly Column[] _numbers;
    private readonly CategoryColumns[] _categories;
    private readonly SparseWeights[] _sparse;
    private readonly double[] _intercepts;
    private readonly int _firstOutput;

    // Null without numbers.
    private readonly WeightMatrix? _weights;

    // Where the numbers are: registers side by side, features to scale, or neither.
    private readonly int _firstNumber;
    private readonly ScaledNumbers? _scaled;
    private double[][][] _tables = [];

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
        for (var i = 0; i < inputs.Length; i++)
        {
            for (var output = 0; output < outputs && inputs[i] is ConstantColumn; output++)
            {
                _intercepts[output] += ((ConstantColumn)inputs[i]).Value * weights[(output * inputs.Length) + i];
            }
        }

        int[] numbers =
            [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i] is not (ConstantColumn or CategoryColumn or SparseColumn))];
        _numbers = Array.ConvertAll(numbers, i => inputs[i]);
        _firstNumber = RegisterColumn.FirstOf(_numbers);
        _scaled = ScaledNumbers.TryRead(_numbers, signature);
        _weights = numbers.Length > 0
            ? new WeightMatrix([.. Enumerable.Range(0, outputs).SelectMany(_ => numbers, WeightOf)], outputs)
            : null;
        _categories = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i] is CategoryColumn)
            .GroupBy(i => ((CategoryColumn)inputs[i]).Source)
            .Select(group => new CategoryColumns(group.Key, [.. group.Select(i => inputs[i])], [.. group.Select(WeightsOf)]))];

        _sparse = [.. inputs.OfType<SparseColumn>().Select(column => column.Stage).Distinct()
            .Select(stage => SparseWeights.Of(stage, inputs, WeightsOf, outputs))];

        double WeightOf(int output, int column) => weights[(output * inputs.Length) + column];

        double[] WeightsOf(int column) => [.. Enumerable.Range(0, outputs).Select(output => WeightOf(output, column))];
    }

    public override void Prepare() => _tables = [.. _categories.Select(category => Tables(category.Columns, category.Weights))];

    // Room for the numbers, unless they lie side by side anyway.
    public override StageMemory? CreateMemory(int rows) =>
        _firstNumber >= 0 ? null : new Memory(new double[Math.Max(_scaled?.Length ?? 0, _numbers.Length * rows)]);

    public override void Run(Block block)
    {
        if (block.Capacity == 1)
        {
            RunRow(block);
        }
        else
        {
            RunRows(block);
        }
    }

    private void RunRow(Block block)
    {
        var sums = block.RowRegisters(_firstOutput, _intercepts.Length);
        _intercepts.CopyTo(sums);
        if (_weights is not null)
        {
            _weights.AddRow(ReadRow(block), sums);
        }

        for (var i = 0; i < _categories.Length; i++)
        {
            var place = block.Place(_categories[i].Source);
            for (var output = 0; output < sums.Length; output++)
            {
                sums[output] += _tables[i][output][place];
            }
        }

        foreach (var sparse in _sparse)
        {
            sparse.AddRow(block, 0, sums, 1);
        }
    }

    private ReadOnlySpan<double> ReadRow(Block block)
    {
        if (_firstNumber >= 0)
        {
            return block.RowRegisters(_firstNumber, _numbers.Length);
        }

        var values = ((Memory)block.Memories[Index]!).Numbers;
        if (_scaled is not null)
        {
            _scaled.Read(block, values.AsSpan(0, _scaled.Length));
        }
        else
        {
            for (var i = 0; i < _numbers.Length; i++)
            {
                _numbers[i].Read(block, values.AsSpan(i, 1));
            }
        }

        return values.AsSpan(0, _numbers.Length);
    }

    private void RunRows(Block block)
    {
        for (var output = 0; output < _intercepts.Length; output++)
        {
            block.Register(_firstOutput + output).Fill(_intercepts[output]);
        }

        if (_weights is not null)
        {
            var sums = block.Registers(_firstOutput, _intercepts.Length);
            _weights.AddRows(ReadRows(block), sums, block.Rows, block.Capacity);
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

        AddSparse(block);
    }

    private void AddSparse(Block block)
    {
        foreach (var sparse in _sparse)
        {
            for (var row = 0; row < block.Rows; row++)
            {
                sparse.AddRow(block, row, block.Registers(_firstOutput, _intercepts.Length)[row..], block.Capacity);
            }
        }
    }

    private ReadOnlySpan<double> ReadRows(Block block)
    {
        if (_firstNumber >= 0)
        {
            return block.Registers(_firstNumber, _numbers.Length);
        }

        var values = ((Memory)block.Memories[Index]!).Numbers;
        for (var i = 0; i < _numbers.Length; i++)
        {
            _numbers[i].Read(block, values.AsSpan(i * block.Capacity, block.Rows));
        }

        return values;
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

    private sealed record CategoryColumns(CategorySource Source, Column[] Columns, double[][] Weights);

    private sealed class Memory(double[] numbers) : StageMemory
    {
        public double[] Numbers { get; } = numbers;
    }
}
