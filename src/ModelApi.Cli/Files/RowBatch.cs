using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Cli.Files;

/// <summary>Some thousand rows of a file on their way from the reader through the scorer to the output, in memory that is used again.</summary>
internal sealed class RowBatch(Signature signature)
{
    private const int MostBytes = 1024 * 1024;
    private const int MostShown = 5;

    private readonly int _mostRows = MostRows(signature);
    private readonly Utf8Buffer _texts = new();
    private readonly List<int> _ends = [];
    private readonly List<long> _lines = [];
    private int _unanswered;

    /// <summary>The rows that are valid.</summary>
    public FeatureBatch Features { get; } = new(signature, MostRows(signature));

    /// <summary>Their answers, once they are scored.</summary>
    public PredictionBatch Predictions { get; } = new(signature);

    /// <summary>What is wrong or unusual about the row that is being read.</summary>
    public Findings Findings { get; } = new();

    /// <summary>The rows with their answers as they go into the output.</summary>
    public Utf8Buffer Output { get; } = new();

    /// <summary>The rows that are not valid as they go into the file of rejects.</summary>
    public RejectLines Rejects { get; } = new();

    /// <summary>How many rows were scored.</summary>
    public int Scored => Features.Rows - _unanswered;

    /// <summary>How many rows were rejected.</summary>
    public int Rejected { get; private set; }

    /// <summary>The first few of them.</summary>
    public List<string> Shown { get; } = [];

    /// <summary>How many values of the valid rows were unusual.</summary>
    public long Warnings { get; private set; }

    /// <summary>How much of the file was read when the batch was full.</summary>
    public long BytesRead { get; set; }

    public bool IsFull => Features.Rows + Rejected >= _mostRows || _texts.Length + Rejects.Length >= MostBytes;

    public bool IsEmpty => Features.Rows + Rejected == 0;

    /// <summary>The row as it stands in the file, in UTF-8 and without its line break.</summary>
    public ReadOnlySpan<byte> TextOf(int row)
    {
        var start = row == 0 ? 0 : _ends[row - 1];
        return _texts.Written[start.._ends[row]];
    }

    /// <summary>Decides on the row that was read: the last of the features, and all of the findings.</summary>
    /// <param name="rowsBefore">How many rows the features had before it.</param>
    /// <param name="line">Where the row begins in the file, from 1.</param>
    /// <param name="text">The row as it stands in the file.</param>
    public void Add(int rowsBefore, long line, ReadOnlySpan<byte> text)
    {
        if (Findings.Errors.Count == 0)
        {
            Warnings += Findings.Warnings.Count + Findings.WarningsOmitted;
            _texts.Write(text);
            _ends.Add(_texts.Length);
            _lines.Add(line);
        }
        else
        {
            Features.Truncate(rowsBefore);
            Reject(line, text);
        }

        Findings.Clear();
    }

    /// <summary>Whether the model has answered a row; one that it has not is rejected.</summary>
    public bool IsAnswered(int row)
    {
        Predictions.ReportUnanswered(row, 0, Findings);
        if (Findings.Errors.Count == 0)
        {
            return true;
        }

        _unanswered++;
        Reject(_lines[row], TextOf(row));
        Findings.Clear();
        return false;
    }

    public void Clear()
    {
        Features.Clear();
        Findings.Clear();
        _texts.Clear();
        _ends.Clear();
        _lines.Clear();
        _unanswered = 0;
        Output.Clear();
        Rejects.Clear();
        Rejected = 0;
        Shown.Clear();
        Warnings = 0;
    }

    // So many that calling the model costs little per row, and so few that its tensors stay small: free text becomes thousands of columns.
    private static int MostRows(Signature signature) =>
        signature.Features.Any(feature => feature is { Type: FeatureType.String, Categories: null })
            ? 256
            : Math.Clamp(256 * 1024 / signature.Features.Count, 64, 4096);

    private void Reject(long line, ReadOnlySpan<byte> text)
    {
        Rejected++;
        Rejects.Add(line, Findings, text);
        if (Shown.Count < MostShown)
        {
            Shown.Add(RejectLines.Show(line, Findings));
        }
    }
}
