using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>The answers to a <see cref="FeatureBatch"/>, row by row in the same order.</summary>
/// <remarks>Not thread-safe. The arrays grow and are kept from one use to the next.</remarks>
public sealed class PredictionBatch
{
    private const string Unanswered = "The model has no finite answer to these features; send values nearer to the training data.";

    private readonly int _labelColumns;
    private readonly int _numberColumns;
    private readonly bool _areDoubles;
    private int[] _labels = [];
    private float[] _numbers = [];
    private double[] _doubles = [];

    /// <summary>Makes an empty batch.</summary>
    public PredictionBatch(Signature signature)
    {
        var answer = signature.Answer;
        Signature = signature;
        (_labelColumns, _numberColumns, _areDoubles) = (answer.LabelColumns, answer.NumberColumns, answer.AreDoubles);
        IsPlain = answer.IsPlain;
        Others = [.. answer.Others.Select(other => new OtherValues(other))];
    }

    /// <summary>The signature of the model that answers.</summary>
    public Signature Signature { get; }

    /// <summary>As <see cref="AnswerShape.IsPlain"/>.</summary>
    public bool IsPlain { get; }

    /// <summary>How many rows are answered.</summary>
    public int Rows { get; private set; }

    /// <summary>The index of each row's predicted class; of several targets, one for each. <c>[Rows × LabelColumns]</c>.</summary>
    public Span<int> Labels => _labels.AsSpan(0, Rows * _labelColumns);

    /// <summary>
    /// The numbers of each row, row after row, as <see cref="AnswerShape.Numbers"/> says, <c>[Rows × NumberColumns]</c>; empty where they
    /// are <see cref="Doubles"/>.
    /// </summary>
    public Span<float> Numbers => _areDoubles ? [] : _numbers.AsSpan(0, Rows * _numberColumns);

    /// <summary>As <see cref="Numbers"/>, where they are 64-bit floats; else empty.</summary>
    public Span<double> Doubles => _areDoubles ? _doubles.AsSpan(0, Rows * _numberColumns) : [];

    /// <summary>The <see cref="Numbers"/> that belong to classes: of a classification, the probability of each class in 0..1.</summary>
    public Span<float> Probabilities => _labelColumns > 0 ? Numbers : [];

    /// <summary>The <see cref="Numbers"/> that are predictions: of a regression, the value in the unit of the target.</summary>
    public Span<float> Values => _labelColumns == 0 ? Numbers : [];

    /// <summary>The outputs that are returned as they are, in the order of the manifest.</summary>
    public IReadOnlyList<OtherValues> Others { get; }

    /// <summary>What a scorer keeps here from one use to the next, so that its next row needs no memory from a pool.</summary>
    internal object? Workspace { get; set; }

    /// <summary>The <see cref="Probabilities"/> of one row, <c>[NumberColumns]</c>.</summary>
    public ReadOnlySpan<float> ProbabilitiesOf(int row) => Probabilities.Slice(row * _numberColumns, _numberColumns);

    /// <summary>The classes of one row, <c>[LabelColumns]</c>.</summary>
    public ReadOnlySpan<int> LabelsOf(int row) => Labels.Slice(row * _labelColumns, _labelColumns);

    /// <summary>One number of one row.</summary>
    public double Number(int row, int column)
    {
        var index = (row * _numberColumns) + column;
        return _areDoubles ? _doubles[index] : _numbers[index];
    }

    /// <summary>
    /// Removes each row whose answer is not finite, and adds an error for it: extreme values can overflow a model, and JSON has no NaN.
    /// The other rows move up.
    /// </summary>
    /// <param name="findings">The findings of the request, which has invalid rows too.</param>
    public void ReportUnanswered(Findings findings)
    {
        List<int>? unanswered = null;
        var kept = 0;
        for (var row = 0; row < Rows; row++)
        {
            if (!IsFinite(row))
            {
                (unanswered ??= []).Add(row);
                continue;
            }

            if (kept < row)
            {
                CopyRows(this, row, kept, 1);
            }

            kept++;
        }

        Rows = kept;
        if (unanswered is not null)
        {
            findings.ErrorInValidRows(unanswered, Unanswered);
        }
    }

    /// <summary>Adds an error when the answer to one row is not finite.</summary>
    /// <param name="row">The row in this batch.</param>
    /// <param name="reported">The row that the error is about.</param>
    /// <param name="findings">Receives the error.</param>
    public void ReportUnanswered(int row, int reported, Findings findings)
    {
        if (!IsFinite(row))
        {
            findings.Error(reported, null, Unanswered);
        }
    }

    /// <summary>Replaces another batch of the same signature by the answers to some rows.</summary>
    public void CopyRowsTo(PredictionBatch destination, int first, int rows)
    {
        destination.Resize(rows);
        for (var i = 0; i < Others.Count; i++)
        {
            destination.Others[i].Resize(rows, Others[i].Width);
        }

        CopyRows(destination, first, 0, rows);
    }

    /// <summary>Makes room for that many rows; their contents are undefined until a scorer writes them.</summary>
    public void Resize(int rows)
    {
        Rows = rows;
        EnsureLength(ref _labels, checked(rows * _labelColumns));
        if (_areDoubles)
        {
            EnsureLength(ref _doubles, checked(rows * _numberColumns));
        }
        else
        {
            EnsureLength(ref _numbers, checked(rows * _numberColumns));
        }
    }

    private void CopyRows(PredictionBatch destination, int first, int at, int rows)
    {
        Copy(_labels, destination._labels, _labelColumns);
        Copy(_numbers, destination._numbers, _areDoubles ? 0 : _numberColumns);
        Copy(_doubles, destination._doubles, _areDoubles ? _numberColumns : 0);
        for (var i = 0; i < Others.Count; i++)
        {
            Others[i].CopyRowsTo(destination.Others[i], first, at, rows);
        }

        void Copy<T>(T[] from, T[] to, int columns) =>
            from.AsSpan(first * columns, rows * columns).CopyTo(to.AsSpan(at * columns, rows * columns));
    }

    private bool IsFinite(int row)
    {
        if (_areDoubles)
        {
            foreach (var number in _doubles.AsSpan(row * _numberColumns, _numberColumns))
            {
                if (!double.IsFinite(number))
                {
                    return false;
                }
            }

            return true;
        }

        foreach (var number in _numbers.AsSpan(row * _numberColumns, _numberColumns))
        {
            if (!float.IsFinite(number))
            {
                return false;
            }
        }

        return true;
    }

    private static void EnsureLength<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, array.Length * 2)];
        }
    }
}
