using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>N rows of features, held as one column per feature, so that a scorer reads each column in one pass.</summary>
/// <remarks>Not thread-safe: one request fills, scores and clears a batch. Columns grow and are kept across <see cref="Clear"/>.</remarks>
public sealed class FeatureBatch
{
    private readonly double[]?[] _numbers;
    private readonly int[]?[] _codes;
    private readonly string?[]?[] _texts;
    private readonly string[]?[] _categories;
    private int _capacity;

    /// <summary>Makes an empty batch with a column for each feature.</summary>
    public FeatureBatch(Signature signature, int capacity = 1)
    {
        Signature = signature;
        _capacity = Math.Max(1, capacity);
        var features = signature.Features;
        _numbers = new double[features.Count][];
        _codes = new int[features.Count][];
        _texts = new string?[features.Count][];
        _categories = [.. features.Select(feature => feature.Categories?.Texts)];
        for (var i = 0; i < features.Count; i++)
        {
            if (features[i].Type == FeatureType.String)
            {
                _codes[i] = new int[_capacity];
                _texts[i] = new string?[_capacity];
            }
            else
            {
                _numbers[i] = new double[_capacity];
            }
        }
    }

    /// <summary>What the columns are.</summary>
    public Signature Signature { get; }

    /// <summary>How many rows the batch holds.</summary>
    public int Rows { get; private set; }

    /// <summary>How many rows fit before the columns grow.</summary>
    public int Capacity => _capacity;

    /// <summary>A column of an integer, number or boolean (0 or 1) feature, <c>[Rows]</c>; NaN marks a missing value.</summary>
    /// <exception cref="InvalidOperationException">The feature is text.</exception>
    public ReadOnlySpan<double> Numbers(int feature) =>
        (_numbers[feature] ?? throw WrongColumn(feature)).AsSpan(0, Rows);

    /// <summary>A column of a string feature, <c>[Rows]</c>; null marks a missing value.</summary>
    /// <exception cref="InvalidOperationException">The feature is not text.</exception>
    public ReadOnlySpan<string?> Texts(int feature) =>
        (_texts[feature] ?? throw WrongColumn(feature)).AsSpan(0, Rows);

    /// <summary>The category codes of a string feature, <c>[Rows]</c>; <see cref="CategoryTable.Unknown"/> where a value is free text, unknown or missing.</summary>
    /// <exception cref="InvalidOperationException">The feature is not text.</exception>
    public ReadOnlySpan<int> Codes(int feature) =>
        (_codes[feature] ?? throw WrongColumn(feature)).AsSpan(0, Rows);

    /// <summary>A column of numbers with room for more rows than there are.</summary>
    internal double[] NumberColumn(int feature) => _numbers[feature]!;

    /// <summary>A column of codes with room for more rows than there are.</summary>
    internal int[] CodeColumn(int feature) => _codes[feature]!;

    /// <summary>Appends a row in which every value is missing.</summary>
    /// <returns>The index of the new row.</returns>
    public int AddRow()
    {
        if (Rows == _capacity)
        {
            Grow();
        }

        for (var i = 0; i < _numbers.Length; i++)
        {
            if (_numbers[i] is { } numbers)
            {
                numbers[Rows] = double.NaN;
            }
            else
            {
                _codes[i]![Rows] = CategoryTable.Unknown;
                _texts[i]![Rows] = null;
            }
        }

        return Rows++;
    }

    /// <summary>Takes the row that was added last out again.</summary>
    public void RemoveLastRow()
    {
        Rows--;
        foreach (var texts in _texts)
        {
            if (texts is not null)
            {
                texts[Rows] = null;
            }
        }
    }

    /// <summary>Sets a value of an integer, number or boolean feature; NaN is missing.</summary>
    public void SetNumber(int row, int feature, double value) => _numbers[feature]![row] = value;

    /// <summary>Sets a string feature to one of its categories.</summary>
    public void SetCategory(int row, int feature, int code)
    {
        _codes[feature]![row] = code;
        _texts[feature]![row] = _categories[feature]![code];
    }

    /// <summary>Sets a string feature to free text, or to a category that is not known.</summary>
    public void SetText(int row, int feature, string text) => _texts[feature]![row] = text;

    /// <summary>Appends a copy of one row to another batch of the same signature.</summary>
    public void CopyRowTo(FeatureBatch destination, int row)
    {
        var target = destination.AddRow();
        for (var i = 0; i < _numbers.Length; i++)
        {
            if (_numbers[i] is { } numbers)
            {
                destination._numbers[i]![target] = numbers[row];
            }
            else
            {
                destination._codes[i]![target] = _codes[i]![row];
                destination._texts[i]![target] = _texts[i]![row];
            }
        }
    }

    /// <summary>Takes all rows out and keeps the memory.</summary>
    public void Clear() => Truncate(0);

    /// <summary>Takes the last rows out.</summary>
    /// <param name="rows">How many rows stay, at most <see cref="Rows"/>.</param>
    public void Truncate(int rows)
    {
        foreach (var texts in _texts)
        {
            // A pooled batch must not keep a client's texts alive.
            texts?.AsSpan(rows, Rows - rows).Clear();
        }

        Rows = rows;
    }

    private void Grow()
    {
        _capacity = checked(_capacity * 2);
        for (var i = 0; i < _numbers.Length; i++)
        {
            if (_numbers[i] is not null)
            {
                Array.Resize(ref _numbers[i], _capacity);
            }
            else
            {
                Array.Resize(ref _codes[i], _capacity);
                Array.Resize(ref _texts[i], _capacity);
            }
        }
    }

    private InvalidOperationException WrongColumn(int feature) =>
        new($"Feature '{Signature.Features[feature].Name}' is of type {Signature.Features[feature].Type}.");
}
