using ModelApi.Inference.Batches;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Signatures;

namespace ModelApi.Deployments.Rollouts;

/// <summary>Compares the answers of two versions row by row. Classes and targets belong together by name.</summary>
internal sealed class VersionComparer
{
    private readonly Signature _old;
    private readonly Signature _new;
    private readonly bool _haveLabels;
    private readonly bool _haveSameScores;

    // The class of production that each class of the new version is, or -1.
    private readonly int[] _classes;

    // The number of the new version that each number of production is, or -1.
    private readonly int[] _numbers;

    public VersionComparer(ModelVersion production, ModelVersion candidate)
    {
        (Production, Candidate) = (production, candidate);
        (_old, _new) = (production.Manifest!.Signature, candidate.Manifest!.Signature);
        _haveLabels = _old.Answer.LabelColumns > 0 || _new.Answer.LabelColumns > 0;
        _haveSameScores = _old.Answer.Numbers == _new.Answer.Numbers;
        _classes = [.. Enumerable.Range(0, _new.Classes?.Count ?? 0).Select(index => IndexOfClass(_new.Classes!, index, _old.Classes))];
        _numbers = [.. Enumerable.Range(0, _old.Answer.NumberColumns).Select(column => ColumnOf(_old, column, _new))];
    }

    public ModelVersion Production { get; }

    public ModelVersion Candidate { get; }

    /// <summary>Adds the rows of a call that both versions have answered or refused.</summary>
    public void Compare(Replay old, Replay candidate, RolloutStatistics statistics)
    {
        var (oldRow, newRow) = (0, 0);
        var rows = Math.Max(1, Math.Max(old.Rows, candidate.Rows));
        for (var row = 0; row < rows; row++)
        {
            var (inOld, inNew) = (old.Answers(row), candidate.Answers(row));
            if (inOld && inNew)
            {
                AddRow(old.Predictions, oldRow, candidate.Predictions, newRow, statistics);
            }
            else
            {
                statistics.AddFailed(1, !inOld, !inNew);
            }

            oldRow += inOld ? 1 : 0;
            newRow += inNew ? 1 : 0;
        }

        if (!old.IsRefused && !candidate.IsRefused)
        {
            statistics.AddTimes(old.Seconds, candidate.Seconds);
        }
    }

    private void AddRow(PredictionBatch old, int oldRow, PredictionBatch candidate, int newRow, RolloutStatistics statistics)
    {
        var oldLabels = old.LabelsOf(oldRow);
        var newLabels = candidate.LabelsOf(newRow);
        var differs = oldLabels.Length != newLabels.Length;
        for (var i = 0; !differs && i < oldLabels.Length; i++)
        {
            differs = _classes[newLabels[i]] != oldLabels[i];
        }

        if (oldLabels.Length == 1 && newLabels.Length == 1)
        {
            statistics.Confusion.Add(_old.Classes!.Names[oldLabels[0]], _new.Classes!.Names[newLabels[0]]);
        }

        statistics.AddRow(_haveLabels, differs, Difference(old, oldRow, candidate, newRow));
    }

    // Of one class among several: its probability. Of several numbers: the one that differs most.
    private double Difference(PredictionBatch old, int oldRow, PredictionBatch candidate, int newRow)
    {
        if (!_haveSameScores)
        {
            return double.NaN;
        }

        if (old.LabelsOf(oldRow).Length == 1 && _old.Answer.Numbers == NumberKind.Probabilities)
        {
            return Of(old.LabelsOf(oldRow)[0]);
        }

        var largest = double.NaN;
        for (var column = 0; column < _numbers.Length; column++)
        {
            var difference = Of(column);
            largest = Math.Abs(difference) <= Math.Abs(largest) || double.IsNaN(difference) ? largest : difference;
        }

        return largest;

        double Of(int column) => column < _numbers.Length && _numbers[column] is >= 0 and var other
            ? candidate.Number(newRow, other) - old.Number(oldRow, column)
            : double.NaN;
    }

    private static int IndexOfClass(ClassLabels classes, int index, ClassLabels? others)
    {
        for (var i = 0; i < others?.Count; i++)
        {
            if (others.JsonOf(i).SequenceEqual(classes.JsonOf(index)))
            {
                return i;
            }
        }

        return -1;
    }

    private static int ColumnOf(Signature signature, int column, Signature other)
    {
        if (signature.Answer.NumberColumns == 1 && other.Answer.NumberColumns == 1)
        {
            return 0;
        }

        if (column >= signature.NumberNames.Count)
        {
            return -1;
        }

        for (var i = 0; i < Math.Min(other.NumberNames.Count, other.Answer.NumberColumns); i++)
        {
            if (other.NumberNames[i] == signature.NumberNames[column])
            {
                return i;
            }
        }

        return -1;
    }
}
