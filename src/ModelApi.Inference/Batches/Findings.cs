namespace ModelApi.Inference.Batches;

/// <summary>All that is wrong with a request, and all that is merely unusual, up to a bound.</summary>
public sealed class Findings
{
    /// <summary>How many errors, and how many warnings, are kept; the rest are only counted.</summary>
    public const int Limit = 1000;

    private readonly List<Finding> _errors = [];
    private readonly List<Finding> _warnings = [];

    /// <summary>What makes the request impossible to score.</summary>
    public IReadOnlyList<Finding> Errors => _errors;

    /// <summary>What was scored all the same.</summary>
    public IReadOnlyList<Finding> Warnings => _warnings;

    /// <summary>How many errors beyond <see cref="Limit"/> were found.</summary>
    public int ErrorsOmitted { get; private set; }

    /// <summary>How many warnings beyond <see cref="Limit"/> were found.</summary>
    public int WarningsOmitted { get; private set; }

    /// <summary>Adds an error.</summary>
    public void Error(int row, string? feature, string message)
    {
        if (_errors.Count < Limit)
        {
            _errors.Add(new Finding(row, feature, message));
        }
        else
        {
            ErrorsOmitted++;
        }
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

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        // Asked first, because most rows have neither, and a file has many rows.
        if (_errors.Count + _warnings.Count > 0)
        {
            _errors.Clear();
            _warnings.Clear();
        }

        ErrorsOmitted = 0;
        WarningsOmitted = 0;
    }
}
