using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>The answers to a <see cref="FeatureBatch"/>, row by row in the same order.</summary>
/// <remarks>Not thread-safe. The arrays grow and are kept from one use to the next.</remarks>
public sealed class PredictionBatch
{
    private int[] _labels = [];
    private float[] _probabilities = [];
    private float[] _values = [];

    /// <summary>Makes an empty batch.</summary>
    public PredictionBatch(Signature signature) => Signature = signature;

    /// <summary>What the answers are of.</summary>
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

    /// <summary>Adds an error for each row whose answer is no finite number, which JSON could not hold: huge features can overflow a model.</summary>
    public void ReportUnanswered(Findings findings)
    {
        for (var row = 0; row < Rows; row++)
        {
            ReportUnanswered(row, row, findings);
        }
    }

    /// <summary>Adds an error when the answer to one row is no finite number.</summary>
    /// <param name="row">The row in this batch.</param>
    /// <param name="reported">The row that the error is about.</param>
    /// <param name="findings">Receives the error.</param>
    public void ReportUnanswered(int row, int reported, Findings findings)
    {
        var numbers = Signature.Classes is null ? Values.Slice(row, 1) : ProbabilitiesOf(row);
        foreach (var number in numbers)
        {
            if (!float.IsFinite(number))
            {
                findings.Error(reported, null, "The model has no finite answer to these features; send values nearer to the training data.");
                return;
            }
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

    private static void EnsureLength<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, array.Length * 2)];
        }
    }
}
