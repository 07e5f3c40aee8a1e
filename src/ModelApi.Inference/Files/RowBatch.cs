using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Files;

/// <summary>Some thousand rows of a file between reader, scorer and output, in memory that is reused.</summary>
/// <remarks>Not thread-safe: one stage has it at a time.</remarks>
internal sealed class RowBatch(Signature signature)
{
    private const int MostBytes = 1024 * 1024;
    private const int MostShown = 5;

    private readonly int _mostRows = MostRows(signature);
    private readonly Utf8Buffer _texts = new();
    private readonly List<int> _ends = [];
    private readonly List<long> _lines = [];
    private int _unanswered;

    /// <summary>The valid rows.</summary>
    public FeatureBatch Features { get; } = new(signature, MostRows(signature));

    /// <summary>The answers to <see cref="Features"/>, in the same order.</summary>
    public PredictionBatch Predictions { get; } = new(signature);

    /// <summary>Errors and warnings about the row that is being read.</summary>
    public Findings Findings { get; } = new();

    /// <summary>The lines of the output.</summary>
    public Utf8Buffer Output { get; } = new();

    /// <summary>The lines about rejected rows.</summary>
    public RejectLines Rejects { get; } = new();

    /// <summary>How many rows were scored.</summary>
    public int Scored => Features.Rows - _unanswered;

    /// <summary>How many rows were rejected.</summary>
    public int Rejected { get; private set; }

    /// <summary>At most five of the rejected rows, for people.</summary>
    public List<string> FirstRejects { get; } = [];

    /// <summary>How many values of the valid rows are unusual.</summary>
    public long Warnings { get; private set; }

    /// <summary>How many bytes of the file were read when the batch was full.</summary>
    public long BytesRead { get; set; }

    public bool IsFull => Features.Rows + Rejected >= _mostRows || _texts.Length + Rejects.Length >= MostBytes;

    public bool IsEmpty => Features.Rows + Rejected == 0;

    /// <summary>The row as it stands in the file, in UTF-8 and without its line break.</summary>
    public ReadOnlySpan<byte> TextOf(int row)
    {
        var start = row == 0 ? 0 : _ends[row - 1];
        return _texts.Written.Span[start.._ends[row]];
    }

    /// <summary>Keeps or rejects the row that was read last, by its findings.</summary>
    /// <param name="rowsBefore">How many rows <see cref="Features"/> had before it.</param>
    /// <param name="line">The line on which the row begins, from 1.</param>
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

    /// <summary>Whether the model has a finite answer to a row; otherwise the row is rejected.</summary>
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
        FirstRejects.Clear();
        Warnings = 0;
    }

    // Enough rows for a call of the model to cost little per row, few enough for small tensors: free text becomes thousands of columns.
    private static int MostRows(Signature signature) =>
        signature.Features.Any(feature => feature is { Type: FeatureType.String, Categories: null })
            ? 256
            : Math.Clamp(256 * 1024 / (signature.Features.Count + signature.TensorElements), signature.TensorElements > 0 ? 1 : 64, 4096);

    private void Reject(long line, ReadOnlySpan<byte> text)
    {
        Rejected++;
        Rejects.Add(line, Findings, text);
        if (FirstRejects.Count < MostShown)
        {
            FirstRejects.Add(RejectLines.Show(line, Findings));
        }
    }
}
