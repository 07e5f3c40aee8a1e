using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>The rules for a value in any format (JSON, CSV), with the messages for values that break them.</summary>
/// <remarks>Thread-safe. Allocates only for the message of an error and for texts that are no known category.</remarks>
internal sealed class FeatureRules
{
    private const int MaxListedCategories = 50;
    private const int MaxCandidates = 2000;
    private const double MaxExactInteger = 9007199254740992;

    private readonly Signature _signature;
    private readonly Feature[] _features;
    private readonly double[] _lowest;
    private readonly double[] _highest;
    private readonly double[] _minima;
    private readonly double[] _maxima;
    private readonly string[] _names;
    private readonly string[] _known;
    private readonly string[] _below;
    private readonly string[] _above;
    private readonly string[] _unseen;

    public FeatureRules(Signature signature)
    {
        _signature = signature;
        var features = signature.Features;
        _features = [.. features];
        _lowest = [.. features.Select(feature => feature.Range.Lowest)];
        _highest = [.. features.Select(feature => feature.Range.Highest)];

        // No value is below or above NaN.
        _minima = [.. features.Select(feature => feature.Minimum ?? double.NaN)];
        _maxima = [.. features.Select(feature => feature.Maximum ?? double.NaN)];
        _names = [.. features.Select(feature => feature.Name)];
        _known = [.. features.Select(feature => feature.Categories is { } categories ? $"Known: {List(categories)}." : "")];
        _below = [.. features.Select(feature => Text($"Below {feature.Minimum:R}, the smallest value seen in training."))];
        _above = [.. features.Select(feature => Text($"Above {feature.Maximum:R}, the largest value seen in training."))];
        _unseen = [.. _known.Select(known => $"A category not seen in training, encoded as missing. {known}")];
    }

    /// <summary>Sets an integer or number feature, or says why not.</summary>
    /// <param name="value">The value; infinite where it exceeds a 64-bit float.</param>
    /// <param name="batch">Receives the value.</param>
    /// <param name="index">The row in the batch.</param>
    /// <param name="row">The row in the request.</param>
    /// <param name="feature">The feature's index.</param>
    /// <param name="findings">Receives what is wrong or unusual.</param>
    public void SetNumber(double value, FeatureBatch batch, int index, int row, int feature, Findings findings)
    {
        var definition = _features[feature];
        if (!(value >= _lowest[feature] && value <= _highest[feature]))
        {
            findings.Error(row, definition.Name, $"Out of range; must be {definition.Range.Text}.");
            return;
        }

        if (definition.Type == FeatureType.Integer)
        {
            if (value != Math.Floor(value))
            {
                findings.Error(row, definition.Name, "Must be an integer, not a number with a fraction.");
                return;
            }

            if (Math.Abs(value) > MaxExactInteger)
            {
                findings.Error(row, definition.Name, "Out of range; must be within ±9007199254740992 (2^53).");
                return;
            }
        }

        batch.SetNumber(index, feature, value);
        if (value < _minima[feature])
        {
            findings.Warn(row, definition.Name, _below[feature]);
        }
        else if (value > _maxima[feature])
        {
            findings.Warn(row, definition.Name, _above[feature]);
        }
    }

    /// <summary>Sets a string feature, or says why not; the parameters are those of <see cref="SetNumber"/>.</summary>
    public void SetText(ReadOnlySpan<char> text, FeatureBatch batch, int index, int row, int feature, Findings findings)
    {
        var definition = _features[feature];
        if (text.Length > definition.MaximumLength)
        {
            findings.Error(row, definition.Name, $"Must have at most {definition.MaximumLength} characters.");
            return;
        }

        if (text.Length < definition.MinimumLength)
        {
            var characters = definition.MinimumLength == 1 ? "character" : "characters";
            findings.Error(row, definition.Name, $"Must have at least {definition.MinimumLength} {characters}.");
            return;
        }

        if (definition.Categories is not { } categories)
        {
            batch.SetText(index, feature, text.ToString());
            return;
        }

        var code = categories.CodeOf(text);
        if (code != CategoryTable.Unknown)
        {
            batch.SetCategory(index, feature, code);
        }
        else if (_signature.UnknownCategory == UnknownCategory.EncodeAsMissing)
        {
            batch.SetText(index, feature, text.ToString());
            findings.Warn(row, definition.Name, _unseen[feature]);
        }
        else if (findings.KeepsErrors)
        {
            var meant = Suggest(text, categories.Names, findings);
            var suggestion = meant is null ? "." : $"; did you mean '{meant}'?";
            findings.Error(row, definition.Name, $"Unknown category{suggestion} {_known[feature]}");
        }
        else
        {
            findings.CountErrors(row, 1);
        }
    }

    /// <summary>The feature that an unknown name was probably meant to be, or null.</summary>
    public string? SuggestFeature(string name, Findings findings) => Suggest(name, _names, findings);

    /// <summary>What a value must be, as a sentence goes on after "must be".</summary>
    /// <param name="feature">The feature's index.</param>
    /// <param name="missing">How a missing value is written, such as <c>null</c>.</param>
    public string Expected(int feature, string missing = "null")
    {
        var definition = _features[feature];
        return definition.Type switch
        {
            FeatureType.Integer => definition.Nullable ? $"an integer or {missing}" : "an integer",
            FeatureType.Number => definition.Nullable ? $"a number or {missing}" : "a number",
            FeatureType.Tensor => $"an array of numbers of shape [{string.Join(", ", definition.Shape!)}]",
            FeatureType.Boolean => definition.Nullable ? $"true, false or {missing}" : "true or false",
            _ => definition.Nullable ? $"a string or {missing}" : "a string",
        };
    }

    /// <summary>Says that a feature has no value, unless it may go without.</summary>
    public void Missing(int row, int feature, Findings findings)
    {
        if (!_features[feature].Nullable)
        {
            findings.Error(row, _features[feature].Name, $"Missing; must be {Expected(feature)}.");
        }
    }

    /// <summary>As <see cref="Missing(int, int, Findings)"/>; a feature that may go without gets what that means.</summary>
    public void Missing(int row, int feature, FeatureBatch batch, int index, Findings findings)
    {
        Missing(row, feature, findings);
        batch.SetMissing(index, feature);
    }

    /// <summary>The name that a word was probably meant to be, or null.</summary>
    /// <remarks>Comparing with every name is work that a hostile request must not multiply, so it is bounded.</remarks>
    public static string? Suggest(ReadOnlySpan<char> word, IReadOnlyList<string> names, Findings findings) =>
        names.Count <= MaxCandidates && findings.KeepsErrors
            ? NearestName.Find(word, names, ref findings.ComparisonsLeft)
            : null;

    private static string List(CategoryTable categories) =>
        string.Join(", ", categories.Names.Take(MaxListedCategories).Select(name => $"'{name}'"))
        + (categories.Names.Count > MaxListedCategories ? $" and {categories.Names.Count - MaxListedCategories} more" : "");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
