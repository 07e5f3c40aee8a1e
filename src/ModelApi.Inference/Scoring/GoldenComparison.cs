using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring;

/// <summary>Collects the differences between a scorer's answers and the trainer's.</summary>
internal sealed class GoldenComparison(GoldenRows golden)
{
    private const int MostShown = 5;

    private readonly Signature _signature = golden.Features.Signature;
    private readonly AnswerShape _answer = golden.Features.Signature.Answer;
    private readonly HashSet<int> _differing = [];
    private readonly HashSet<int> _tied = [];
    private readonly List<BundleFault> _shown = [];
    private double _largestShare;
    private double _largest;
    private double _allowed = golden.Allowed.Count > 0 ? golden.Allowed[0] : 0;

    /// <summary>Compares the answer to one row.</summary>
    /// <param name="row">The golden row.</param>
    /// <param name="predictions">The answers.</param>
    /// <param name="at">The row's place among them.</param>
    /// <param name="isAlone">Whether the row was scored by itself.</param>
    public void Add(int row, PredictionBatch predictions, int at, bool isAlone)
    {
        var number = FindNumber(row, predictions, at);
        var difference = FindLabel(row, predictions, at) ?? number;
        if (difference is not null && _differing.Add(row) && _shown.Count < MostShown)
        {
            var how = isAlone ? "Scored by itself: expected" : "Expected";
            _shown.Add(new BundleFault(GoldenRows.FileName, $"row {row + 1}", $"{how} {difference}."));
        }
    }

    /// <exception cref="BundleException">A row differs.</exception>
    public GoldenReport End()
    {
        if (_differing.Count == 0)
        {
            return new GoldenReport(golden.Features.Rows, _largest, _allowed, golden.Tolerance) { TiedRows = _tied.Count };
        }

        var numbers = _answer.NumberColumns == 0
            ? ""
            : FormattableString.Invariant($"; the largest difference is {_largest:g3}, where {_allowed:g3} is allowed");
        var summary = $"{_differing.Count} of {golden.Features.Rows} rows are not answered as the trainer answered them{numbers}.";
        throw new BundleException([new BundleFault(GoldenRows.FileName, "", summary), .. _shown]);
    }

    private string? FindLabel(int row, PredictionBatch predictions, int at)
    {
        for (var column = 0; column < _answer.LabelColumns; column++)
        {
            var (expected, given) = (ExpectedLabel(row, column), predictions.LabelsOf(at)[column]);
            if (expected == given || expected < 0)
            {
                continue;
            }

            if (IsTied(row, column, expected, given))
            {
                _tied.Add(row);
                continue;
            }

            var target = _signature.Targets.Count > 0 ? $" for '{_signature.Targets[column]}'" : "";
            return $"{Class(expected)}{target}, got {Class(given)}";
        }

        return null;
    }

    // Golden rows of outlier detectors may hold the decision value alone. Scikit-learn's are usual rows from zero on.
    private int ExpectedLabel(int row, int column)
    {
        var label = golden.Labels[(row * _answer.LabelColumns) + column];
        return label < 0 && _signature is { Task: ModelTask.OutlierDetection, Classes: { AreIntegers: true } classes }
            && _answer.NumberColumns == 1
                ? classes.IndexOf(golden.Numbers[row] >= 0 ? 1L : -1L)
                : label;
    }

    private bool IsTied(int row, int column, int expected, int given)
    {
        if (_answer.NumberColumns == 0)
        {
            return false;
        }

        if (_answer.LabelColumns > 1 || _answer.NumberColumns == 1)
        {
            var half = _answer.Numbers == NumberKind.Probabilities ? 0.5 : 0;
            return Math.Abs(Trainers(row, column) - half) <= golden.Allowed[column];
        }

        // The best two classes: nothing lies between them, and the two labels are those.
        var best = Enumerable.Range(0, _answer.NumberColumns).Select(i => Sign * Trainers(row, i)).Max();
        return best - (Sign * Trainers(row, expected)) <= golden.Allowed[0] && best - (Sign * Trainers(row, given)) <= golden.Allowed[0];
    }

    private int Sign => _answer.Numbers == NumberKind.Distances ? -1 : 1;

    private string? FindNumber(int row, PredictionBatch predictions, int at)
    {
        string? found = null;
        for (var column = 0; column < _answer.NumberColumns; column++)
        {
            var (expected, given) = (Trainers(row, column), predictions.Number(at, column));
            var (difference, allowed) = (Math.Abs(given - expected), golden.Allowed[column]);
            if (!(difference / allowed <= _largestShare))
            {
                // Also where it is NaN, which then stays.
                (_largestShare, _largest, _allowed) = (difference / allowed, difference, allowed);
            }

            if (found is null && !(difference <= allowed))
            {
                var of = NameOf(column) is { } name ? $" for {name}" : "";
                found = FormattableString.Invariant($"{expected:g7}{of}, got {given:g7}");
            }
        }

        return found;
    }

    private double Trainers(int row, int column) => golden.Numbers[(row * _answer.NumberColumns) + column];

    private string? NameOf(int column) =>
        _signature.Targets.Count > 0 ? $"'{_signature.Targets[column]}'" : _answer.NumberColumns > 1 ? Class(column) : null;

    private string Class(int index) =>
        _signature.Classes!.Kind == ClassKind.Text ? $"'{_signature.Classes.Names[index]}'" : _signature.Classes.Names[index];
}
