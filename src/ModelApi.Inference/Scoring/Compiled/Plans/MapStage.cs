using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>Takes columns that other stages computed through one step after another, and keeps the result of each.</summary>
/// <param name="inputs">The columns.</param>
/// <param name="steps">The first step of each column.</param>
/// <param name="firstOutput">The first of the consecutive registers for the results of the first steps.</param>
internal sealed class MapStage(Column[] inputs, Step[] steps, int firstOutput) : ColumnStage
{
    private readonly int _firstInput = RegisterColumn.FirstOf(inputs);
    private Link[] _links = [new(steps, firstOutput)];

    /// <summary>Adds the next step of each column, while the graphs are read.</summary>
    /// <param name="columns">The columns that take another step.</param>
    /// <param name="next">One step per column.</param>
    /// <param name="output">The first of the consecutive registers for the results.</param>
    /// <returns>False when the columns are not all results of the last steps, in their order.</returns>
    public bool TryAppend(Column[] columns, Step[] next, int output)
    {
        if (columns.Length != inputs.Length || RegisterColumn.FirstOf(columns) != _links[^1].FirstOutput)
        {
            return false;
        }

        _links = [.. _links, new(next, output)];
        return true;
    }

    public override void Run(Block block)
    {
        if (block.Capacity > 1)
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                RunColumn(block, i);
            }
        }
        else if (inputs.Length == 1)
        {
            RunNumber(block);
        }
        else
        {
            RunRow(block);
        }
    }

    private void RunColumn(Block block, int index)
    {
        for (var link = 0; link < _links.Length; link++)
        {
            var column = block.Register(_links[link].FirstOutput + index);
            if (link == 0)
            {
                inputs[index].Read(block, column);
            }
            else
            {
                block.Register(_links[link - 1].FirstOutput + index).CopyTo(column);
            }

            _links[link].Steps[index].Apply(column);
        }
    }

    private void RunNumber(Block block)
    {
        var registers = block.RowRegisters();
        if (_firstInput < 0)
        {
            inputs[0].Read(block, registers.Slice(firstOutput, 1));
        }

        var value = registers[_firstInput < 0 ? firstOutput : _firstInput];
        foreach (var link in _links)
        {
            value = link.Steps[0].Apply(value);
            registers[link.FirstOutput] = value;
        }
    }

    private void RunRow(Block block)
    {
        var values = block.RowRegisters(firstOutput, inputs.Length);
        if (_firstInput >= 0)
        {
            block.RowRegisters(_firstInput, inputs.Length).CopyTo(values);
        }
        else
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                inputs[i].Read(block, values.Slice(i, 1));
            }
        }

        _links[0].Row.Apply(values);
        foreach (var link in _links.AsSpan(1))
        {
            var next = block.RowRegisters(link.FirstOutput, inputs.Length);
            values.CopyTo(next);
            link.Row.Apply(next);
            values = next;
        }
    }

    private sealed class Link(Step[] steps, int firstOutput)
    {
        public Step[] Steps { get; } = steps;

        public RowSteps Row { get; } = new(steps);

        public int FirstOutput { get; } = firstOutput;
    }
}
