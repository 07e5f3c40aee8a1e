using System.Runtime.CompilerServices;

namespace ModelApi.Inference.Batches;

/// <summary>Errors and warnings about a request, up to a limit.</summary>
public sealed class Findings
{
    /// <summary>How many errors and how many warnings are kept; others are only counted.</summary>
    public const int Limit = 100;

    // Pairs of letters; the comparisons of one request take a third of a millisecond at most.
    private const int MostCompared = 150_000;

    private readonly List<Finding> _errors = [];
    private readonly List<Finding> _warnings = [];
    private readonly RowSet _invalidRows = new();

    /// <summary>Errors: their rows cannot be scored.</summary>
    public IReadOnlyList<Finding> Errors => _errors;

    /// <summary>Warnings: their rows are scored.</summary>
    public IReadOnlyList<Finding> Warnings => _warnings;

    /// <summary>All rows with errors, in ascending order, also those whose errors are omitted.</summary>
    public RowSet InvalidRows => _invalidRows;

    /// <summary>Whether there is an error about the request as a whole, so that none of its rows can be scored.</summary>
    public bool IsRequestInvalid { get; private set; }

    /// <summary>Whether the next error is kept, rather than only counted.</summary>
    internal bool KeepsErrors => _errors.Count < Limit;

    /// <summary>The work left for finding the names that were probably meant, as <see cref="Signatures.NearestName"/> counts it.</summary>
    internal int ComparisonsLeft = MostCompared;

    /// <summary>How many errors beyond <see cref="Limit"/> were found.</summary>
    public int ErrorsOmitted { get; private set; }

    /// <summary>How many warnings beyond <see cref="Limit"/> were found.</summary>
    public int WarningsOmitted { get; private set; }

    /// <summary>Adds an error. Errors about rows are added in the order of the rows.</summary>
    public void Error(int row, string? feature, string message)
    {
        if (!KeepsErrors)
        {
            CountErrors(row, 1);
            return;
        }

        Invalidate(row);
        _errors.Add(new Finding(row, feature, message));
    }

    /// <summary>Adds an error about the request as a whole before the others. It is always kept.</summary>
    internal void ErrorFirst(string message)
    {
        if (!KeepsErrors)
        {
            _errors.RemoveAt(_errors.Count - 1);
            ErrorsOmitted++;
        }

        Invalidate(-1);
        _errors.Insert(0, new Finding(-1, null, message));
    }

    /// <summary>Adds an error, whose message is formatted only if it is kept.</summary>
    internal void Error(int row, string? feature, [InterpolatedStringHandlerArgument("")] ref FindingMessage message)
    {
        if (KeepsErrors)
        {
            Error(row, feature, message.ToStringAndClear());
        }
        else
        {
            CountErrors(row, 1);
        }
    }

    /// <summary>Counts errors that are not kept.</summary>
    internal void CountErrors(int row, int count)
    {
        Invalidate(row);
        ErrorsOmitted += count;
    }

    /// <summary>Adds a warning.</summary>
    public void Warn(int row, string? feature, string message)
    {
        if (_warnings.Count < Limit)
        {
            _warnings.Add(new Finding(row, feature, message));
        }
        else
        {
            WarningsOmitted++;
        }
    }

    /// <summary>Adds an error to rows without errors.</summary>
    /// <param name="rows">Indices among the rows without errors, ascending.</param>
    /// <param name="message">What is wrong with each.</param>
    internal void ErrorInValidRows(IReadOnlyList<int> rows, string message)
    {
        var (row, valid) = (-1, -1);
        foreach (var wanted in rows)
        {
            while (valid < wanted)
            {
                row++;
                valid += _invalidRows.Contains(row) ? 0 : 1;
            }

            Error(row, null, message);
        }
    }

    /// <summary>Removes all errors and warnings.</summary>
    public void Clear()
    {
        // Most rows have neither, and a file has many rows.
        if (_errors.Count + _warnings.Count + _invalidRows.Count > 0)
        {
            _errors.Clear();
            _warnings.Clear();
            _invalidRows.Clear();
        }

        IsRequestInvalid = false;
        ErrorsOmitted = 0;
        WarningsOmitted = 0;
        ComparisonsLeft = MostCompared;
    }

    /// <summary>Whether a row has errors.</summary>
    internal bool IsInvalid(int row) => _invalidRows.Contains(row);

    /// <summary>Removes the warnings after the first ones: a row that is not scored has none.</summary>
    internal void TakeBackWarnings(int count, int omitted)
    {
        _warnings.RemoveRange(count, _warnings.Count - count);
        WarningsOmitted = omitted;
    }

    private void Invalidate(int row)
    {
        if (row < 0)
        {
            IsRequestInvalid = true;
        }
        else
        {
            _invalidRows.Add(row);
        }
    }
}
