using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A number of the request that is rounded to 32 bits, imputed and scaled: what most models do before they add up.</summary>
/// <param name="feature">The feature's index.</param>
/// <param name="replacement">What a missing value becomes.</param>
/// <param name="offset">What is subtracted first.</param>
/// <param name="scale">What the difference is multiplied by.</param>
internal readonly struct ScaledNumber(int feature, float replacement, float offset, float scale)
{
    /// <summary>Reads columns as such numbers.</summary>
    /// <returns>Null when something else happens to one of them.</returns>
    public static ScaledNumber[]? TryRead(IEnumerable<Column> columns)
    {
        var numbers = new List<ScaledNumber>();
        foreach (var column in columns)
        {
            if (column is not NumberColumn { IsSingle: true } number)
            {
                return null;
            }

            var steps = number.Steps;
            var at = 0;
            var (replacement, offset, scale) = (float.NaN, 0f, 1f);
            if (at < steps.Count && steps[at] is Impute { KeepsNumbers: true } impute)
            {
                replacement = (float)impute.Apply(double.NaN);
                at++;
            }

            if (at < steps.Count && steps[at] is ScaleSingle scaling)
            {
                (offset, scale) = (scaling.Offset, scaling.Scale);
                at++;
            }

            if (at < steps.Count)
            {
                return null;
            }

            numbers.Add(new ScaledNumber(number.Feature, replacement, offset, scale));
        }

        return [.. numbers];
    }

    /// <summary>The number of a block's first row.</summary>
    public double Read(Block block)
    {
        var value = (float)block.Number(feature);
        return ((float.IsNaN(value) ? replacement : value) - offset) * scale;
    }
}
