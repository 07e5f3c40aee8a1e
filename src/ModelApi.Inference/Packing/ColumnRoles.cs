using System.Globalization;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>What each column of the reference is: a feature, the target, a prediction of the trainer's, or none of these.</summary>
internal sealed class ColumnRoles
{
    private const string PredictionColumn = "prediction";
    private const string ProbabilityPrefix = "p_";

    private readonly PackRequest _request;
    private readonly ReferenceTable _table;
    private readonly List<string> _notes = [];

    private ColumnRoles(PackRequest request, GoldenFacts? golden)
    {
        (_request, _table) = (request, request.Reference);
        if (request.Target is { } target && !_table.Headers.Contains(target) && golden is null)
        {
            throw new PackException($"--target {target}: the reference has no such column.{Meant(target, _table.Headers)}");
        }

        // A feature may be called like a prediction; the golden rows tell it from one.
        bool IsPrediction(string header) => header != request.Target && golden?.Features.Contains(header) != true
            && (header == PredictionColumn || header.StartsWith(ProbabilityPrefix, StringComparison.Ordinal));
        Prediction = _table.Headers.FirstOrDefault(header => header == PredictionColumn && IsPrediction(header));
        Probabilities = _table.Headers.Where(header => header != PredictionColumn && IsPrediction(header))
            .ToDictionary(header => header[ProbabilityPrefix.Length..], header => header, StringComparer.Ordinal);
        Candidates = golden is null ? WithoutPredictions(request.Target) : FeaturesOf(golden);
    }

    /// <summary>The columns that are features, or may be where no golden rows tell; in their order.</summary>
    public IReadOnlyList<string> Candidates { get; private set; }

    /// <summary>The column of the trainer's predictions, or null.</summary>
    public string? Prediction { get; }

    /// <summary>The columns of the trainer's probabilities, by class.</summary>
    public IReadOnlyDictionary<string, string> Probabilities { get; }

    /// <summary>Sentences about columns that are not used.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The predicted columns: one, or as many as there are targets; none where the reference lacks them.</summary>
    public IReadOnlyList<string> Targets { get; private set; } = [];

    /// <param name="request">The reference, and what was told.</param>
    /// <param name="golden">The golden rows, whose inputs name the features; null without.</param>
    /// <exception cref="PackException">A feature has no column.</exception>
    public static ColumnRoles Find(PackRequest request, GoldenFacts? golden) => new(request, golden);

    /// <summary>Finds the predicted column among those that are no features.</summary>
    /// <param name="features">The features.</param>
    /// <param name="classes">The classes, or null where numbers are predicted.</param>
    /// <param name="targets">How many values are predicted for a row.</param>
    /// <exception cref="PackException">Several columns fit.</exception>
    public void FindTargets(IReadOnlyCollection<string> features, IReadOnlySet<string>? classes, int targets)
    {
        var predictions = Probabilities.Values.Append(Prediction).ToHashSet();
        var left = _table.Headers.Where(header => !features.Contains(header) && !predictions.Contains(header)).ToList();
        if (_request.Target is { } given)
        {
            if (!left.Contains(given) && targets == 1)
            {
                CheckTarget(given, [.. left.Where(header => !IsIndex(header))], classes);
            }

            Targets = left.Contains(given) ? [given] : [];
            Ignore([.. left.Where(header => header != given)]);
            return;
        }

        var named = left.Where(header => !IsIndex(header)).ToList();
        var fitting = named.Count == 1 ? named : named.Where(header => Fits(_table.Find(header)!, classes)).ToList();
        if (fitting.Count > 1 && fitting.Count != targets)
        {
            throw new PackException(
                $"The predicted column may be any of {InputMatching.Quote(fitting)}: name it with --target, "
                + "or leave the others out of the reference.");
        }

        Targets = fitting;
        Ignore([.. left.Where(header => !fitting.Contains(header))]);
    }

    // Without such a column, the name may be anything; but where a column may be the target, the name is probably misspelt.
    private void CheckTarget(string given, List<string> left, IReadOnlySet<string>? classes)
    {
        var meant = NearestName.Find(given, left);
        var fitting = left.Where(header => Fits(_table.Find(header)!, classes)).ToList();
        if (meant is not null || fitting.Count > 0)
        {
            throw new PackException(
                $"--target {given}: the reference has no such column"
                + (meant is not null ? $"; did you mean '{meant}'? " : $", and {InputMatching.Quote(fitting)} may be the predicted one. ")
                + "Name a column, or leave the columns out of the reference that are neither features nor the target.");
        }

        _notes.Add($"The reference has no column '{given}': that is only the name of what is predicted.");
    }

    private void Ignore(List<string> columns)
    {
        if (columns.Count > 0)
        {
            var index = columns.Exists(IsIndex) ? " A column without a name is pandas' index: write the CSV with index=False." : "";
            _notes.Add(
                $"Not used: column{(columns.Count > 1 ? "s" : "")} {InputMatching.Quote(columns)} of the reference, "
                + $"{(columns.Count > 1 ? "which are" : "which is")} neither a feature nor the target.{index}");
        }
    }

    private List<string> WithoutPredictions(string? target)
    {
        var predictions = Probabilities.Values.Append(Prediction).ToHashSet();
        return [.. _table.Headers.Where(header => header != target && !predictions.Contains(header) && !IsIndex(header))];
    }

    private List<string> FeaturesOf(GoldenFacts golden)
    {
        foreach (var feature in golden.Features.Where(feature => _table.Find(feature) is null))
        {
            throw new PackException(
                $"The golden rows hold '{feature}', and the reference has no such column."
                + $"{Meant(feature, _table.Headers)} Rename one of the two; the names must be the same.");
        }

        if (_request.Target is { } target && golden.Features.Contains(target))
        {
            throw new PackException($"--target {target}: the golden rows hold it as a feature; leave it out of their 'input'.");
        }

        return [.. _table.Headers.Where(golden.Features.Contains)];
    }

    // The first column of a CSV that pandas wrote with its index has no name; read again, it is called "Unnamed: 0".
    private bool IsIndex(string header)
    {
        if (header.Length > 0 && !header.StartsWith("Unnamed: ", StringComparison.Ordinal))
        {
            return false;
        }

        return _table.Find(header)!.All(cell => long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
    }

    private static bool Fits(string[] cells, IReadOnlySet<string>? classes) => classes is not null
        ? cells.All(cell => classes.Contains(cell))
        : cells.All(cell => cell.Length == 0 || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    private static string Meant(string name, IEnumerable<string> names) =>
        NearestName.Find(name, names) is { } meant ? $" Did you mean '{meant}'?" : "";
}
