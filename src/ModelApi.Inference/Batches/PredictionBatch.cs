using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>The answers to a <see cref="FeatureBatch"/>, row by row in the same order.</summary>
/// <remarks>Not thread-safe. The arrays grow and are kept from one use to the next.</remarks>
public sealed class PredictionBatch
{
    private const string Unanswered = "The model has no finite answer to these features; send values nearer to the training data.";

    private int[] _labels = [];
    private float[] _probabilities = [];
    private float[] _values = [];

    /// <summary>Makes an empty batch.</summary>
    public PredictionBatch(Signature signature) => Signature = signature;

    /// <summary>The signature of the model that answers.</summary>
    public Signature Signature { get; }

    /// <summary>How many rows are answered.</summary>
    public int Rows { get; private set; }

    /// <summary>Classification: the index of each row's predicted class, <c>[Rows]</c>.</summary>
    public Span<int> Labels => _labels.AsSpan(0, Signature.Classes is null ? 0 : Rows);

    /// <summary>Classification: the probability of each class in 0..1, row after row, <c>[Rows × classes]</c>.</summary>
    public Span<float> Probabilities => _probabilities.AsSpan(0, Rows * (Signature.Classes?.Count ?? 0));

    /// <summary>Regression: the predicted number, in the unit of the target, <c>[Rows]</c>.</summary>
    public Span<float> Values => _values.AsSpan(0, Signature.Classes is null ? Rows : 0);

    /// <summary>The probabilities of one row, <c>[classes]</c>.</summary>
    public ReadOnlySpan<float> ProbabilitiesOf(int row)
    {
        var classes = Signature.Classes?.Count ?? 0;
        return Probabilities.Slice(row * classes, classes);
    }

    /// <summary>
    /// Removes each row whose answer is not finite, and adds an error for it: extreme values can overflow a model, and JSON has no NaN.
    /// The other rows move up.
    /// </summary>
    /// <param name="findings">The findings of the request, which has invalid rows too.</param>
    public void ReportUnanswered(Findings findings)
    {
        List<int>? unanswered = null;
        var numbers = Signature.Classes is null ? _values : _probabilities;
        var columns = Signature.Classes?.Count ?? 1;
        var kept = 0;
        for (var row = 0; row < Rows; row++)
        {
            var answer = numbers.AsSpan(row * columns, columns);
            if (!IsFinite(answer))
            {
                (unanswered ??= []).Add(row);
                continue;
            }

            if (kept < row)
            {
                answer.CopyTo(numbers.AsSpan(kept * columns, columns));
                if (Signature.Classes is not null)
                {
                    _labels[kept] = _labels[row];
                }
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
        if (!IsFinite(Signature.Classes is null ? Values.Slice(row, 1) : ProbabilitiesOf(row)))
        {
            findings.Error(reported, null, Unanswered);
        }
    }

    /// <summary>Replaces another batch of the same signature by the answers to some rows.</summary>
    public void CopyRowsTo(PredictionBatch destination, int first, int rows)
    {
        destination.Resize(rows);
        if (Signature.Classes is { } classes)
        {
            Labels.Slice(first, rows).CopyTo(destination.Labels);
            Probabilities.Slice(first * classes.Count, rows * classes.Count).CopyTo(destination.Probabilities);
        }
        else
        {
            Values.Slice(first, rows).CopyTo(destination.Values);
        }
    }

    /// <summary>Makes room for that many rows; their contents are undefined until a scorer writes them.</summary>
    public void Resize(int rows)
    {
        Rows = rows;
        if (Signature.Classes is { } classes)
        {
            EnsureLength(ref _labels, rows);
            EnsureLength(ref _probabilities, checked(rows * classes.Count));
        }
        else
        {
            EnsureLength(ref _values, rows);
        }
    }

    private static bool IsFinite(ReadOnlySpan<float> answer)
    {
        foreach (var number in answer)
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
