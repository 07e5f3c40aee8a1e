namespace ModelApi.Deployments.Rollouts;

/// <summary>What the comparison of two versions has shown so far.</summary>
/// <remarks>
/// Not thread-safe. Limits are about so many rows that follow each other, so that what begins to fail late is noticed as soon as what
/// fails from the start: the rows are also counted in blocks of that length.
/// </remarks>
/// <param name="blockRows">The length of a block.</param>
internal sealed class RolloutStatistics(int blockRows)
{
    private readonly ConfusionTable _confusion = new();
    private readonly QuantileSketch _scores = new();
    private readonly QuantileSketch _production = new();
    private readonly QuantileSketch _candidate = new();
    private long _blockRows;
    private long _blockErrors;
    private long _blockDiffering;

    private RolloutStatistics(int blockRows, RolloutState state)
        : this(blockRows)
    {
        Rows = state.Rows;
        RefusedByBoth = state.RefusedByBoth;
        ProductionErrors = state.ProductionErrors;
        CandidateErrors = state.CandidateErrors;
        Differing = state.Differing;
        Labelled = state.Labelled;
        Dropped = state.Dropped;
        (_blockRows, _blockErrors, _blockDiffering) = (state.BlockRows, state.BlockErrors, state.BlockDiffering);
        (WorstErrors, WorstDiffering) = (state.WorstErrors, state.WorstDiffering);
        _confusion = ConfusionTable.Of(state.Confusion);
        _scores = QuantileSketch.Of(state.Scores);
        _production = QuantileSketch.Of(state.ProductionSeconds);
        _candidate = QuantileSketch.Of(state.CandidateSeconds);
    }

    /// <summary>Rows that one version answered at least.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that neither version takes; they count nowhere else.</summary>
    public long RefusedByBoth { get; private set; }

    /// <summary>Rows that only production failed on.</summary>
    public long ProductionErrors { get; private set; }

    /// <summary>Rows that only the new version failed on.</summary>
    public long CandidateErrors { get; private set; }

    /// <summary>Rows that both versions gave a label.</summary>
    public long Labelled { get; private set; }

    /// <summary>Rows that got another label.</summary>
    public long Differing { get; private set; }

    /// <summary>Calls that were not compared, because there was too much to do.</summary>
    public long Dropped { get; set; }

    /// <summary>The most rows of a block that only the new version failed on.</summary>
    public long WorstErrors { get; private set; }

    /// <summary>The most rows of a block that got another label.</summary>
    public long WorstDiffering { get; private set; }

    /// <summary>Calls that both versions were timed on.</summary>
    public long TimedCalls => _candidate.Count;

    /// <summary>The new version's median time over that of production; null before calls were timed.</summary>
    public double? LatencyRatio => _candidate.Quantile(0.5) / _production.Quantile(0.5);

    /// <summary>The difference between the scores of the rows: new version less production.</summary>
    public QuantileSketch Scores => _scores;

    /// <summary>Seconds that production took for a call.</summary>
    public QuantileSketch ProductionSeconds => _production;

    /// <summary>Seconds that the new version took for a call.</summary>
    public QuantileSketch CandidateSeconds => _candidate;

    /// <summary>The rows by the labels of both versions.</summary>
    public ConfusionTable Confusion => _confusion;

    /// <summary>Adds a row that both versions answered.</summary>
    /// <param name="isLabelled">Whether the answers have labels.</param>
    /// <param name="differs">Whether the labels differ.</param>
    /// <param name="scoreDifference">New score less old one; not a number where the scores cannot be compared.</param>
    public void AddRow(bool isLabelled, bool differs, double scoreDifference)
    {
        Count(isError: false, differs);
        Labelled += isLabelled ? 1 : 0;
        if (double.IsFinite(scoreDifference))
        {
            _scores.Add(scoreDifference);
        }
    }

    /// <summary>Adds rows that at least one version failed on.</summary>
    public void AddFailed(long rows, bool inProduction, bool inCandidate)
    {
        if (inProduction && inCandidate)
        {
            RefusedByBoth += rows;
            return;
        }

        for (var row = 0L; row < rows; row++)
        {
            Count(isError: inCandidate, differs: false);
            ProductionErrors += inProduction ? 1 : 0;
        }
    }

    /// <summary>Adds the seconds that each version took for the same call.</summary>
    public void AddTimes(double production, double candidate)
    {
        _production.Add(production);
        _candidate.Add(candidate);
    }

    /// <summary>The statistics as they are stored.</summary>
    public RolloutState ToState(string id) => new()
    {
        Id = id,
        Rows = Rows,
        RefusedByBoth = RefusedByBoth,
        ProductionErrors = ProductionErrors,
        CandidateErrors = CandidateErrors,
        Labelled = Labelled,
        Differing = Differing,
        Dropped = Dropped,
        BlockRows = _blockRows,
        BlockErrors = _blockErrors,
        BlockDiffering = _blockDiffering,
        WorstErrors = WorstErrors,
        WorstDiffering = WorstDiffering,
        Confusion = _confusion.ToStored(),
        Scores = _scores.ToStored(),
        ProductionSeconds = _production.ToStored(),
        CandidateSeconds = _candidate.ToStored(),
    };

    /// <summary>Goes on from statistics that were stored.</summary>
    public static RolloutStatistics Of(int blockRows, RolloutState state) => new(blockRows, state);

    private void Count(bool isError, bool differs)
    {
        if (_blockRows == blockRows)
        {
            (_blockRows, _blockErrors, _blockDiffering) = (0, 0, 0);
        }

        Rows++;
        _blockRows++;
        CandidateErrors += isError ? 1 : 0;
        Differing += differs ? 1 : 0;
        WorstErrors = Math.Max(WorstErrors, _blockErrors += isError ? 1 : 0);
        WorstDiffering = Math.Max(WorstDiffering, _blockDiffering += differs ? 1 : 0);
    }
}
