namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>One step for each value of a row, applied at once where the steps are alike.</summary>
internal sealed class RowSteps
{
    private readonly Step[] _steps;

    // One step for all values, if there is one.
    private readonly Step? _common;
    private readonly ArithmeticRow? _arithmetic;

    public RowSteps(Step[] steps)
    {
        _steps = steps;
        _common = Array.TrueForAll(steps, step => step == steps[0]) ? steps[0] : null;
        _arithmetic = _common is null ? ArithmeticRow.TryJoin(steps) : null;
    }

    public void Apply(Span<double> values)
    {
        if (_common is not null)
        {
            _common.Apply(values);
        }
        else if (_arithmetic is not null)
        {
            _arithmetic.Apply(values);
        }
        else
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = _steps[i].Apply(values[i]);
            }
        }
    }
}
