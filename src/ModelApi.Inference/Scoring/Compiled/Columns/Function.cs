namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A function of one number, computed in 64 bits and rounded to the type of the graph.</summary>
/// <param name="function">The function of many numbers, in place.</param>
/// <param name="isDouble">Whether numbers have 64 bits.</param>
/// <param name="single">The function of one number, where it is known: it gives what <paramref name="function"/> gives for one.</param>
internal sealed class Function(NumberFunction function, bool isDouble, Func<double, double>? single = null) : Step
{
    public override double Apply(double value)
    {
        if (single is not null)
        {
            value = single(value);
            return isDouble ? value : (float)value;
        }

        Apply(new Span<double>(ref value));
        return value;
    }

    public override void Apply(Span<double> values)
    {
        function(values);
        ToSingle.Round(values, isDouble);
    }
}

/// <summary>A function of many numbers, in place.</summary>
internal delegate void NumberFunction(Span<double> values);
