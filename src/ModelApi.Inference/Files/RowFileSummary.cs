namespace ModelApi.Inference.Files;

/// <summary>Counts of the rows of a file that was scored.</summary>
public sealed record RowFileSummary
{
    private const int MostShown = 5;

    private readonly List<string> _firstRejects = [];

    /// <summary>All rows of the file: scored and rejected ones.</summary>
    public long Rows => Scored + Rejected;

    /// <summary>Rows in the output, each with its answer.</summary>
    public long Scored { get; private set; }

    /// <summary>Rows left out of the output: invalid ones, and those to which the model has no finite answer.</summary>
    public long Rejected { get; private set; }

    /// <summary>Unusual values that were scored: out of the range seen in training, or an unknown category.</summary>
    public long Warnings { get; private set; }

    /// <summary>At most five of the rejected rows, each as <c>line 3: age: Must be an integer, not text.</c></summary>
    public IReadOnlyList<string> FirstRejects => _firstRejects;

    internal void Add(RowBatch batch)
    {
        Scored += batch.Scored;
        Rejected += batch.Rejected;
        Warnings += batch.Warnings;
        _firstRejects.AddRange(batch.FirstRejects.Take(MostShown - _firstRejects.Count));
    }
}
