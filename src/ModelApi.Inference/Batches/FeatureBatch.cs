using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>N rows of features, held as one column per feature, so that a scorer reads each column in one pass.</summary>
/// <remarks>Not thread-safe: one request fills, scores and clears a batch. Columns grow and are kept across <see cref="Clear"/>.</remarks>
public sealed class FeatureBatch
{
    // Column after column, each as long as the capacity. With a capacity of one row, the row is contiguous.
    // Beyond the rows, texts are null.
    private double[] _numbers;
    private int[] _codes;
    private string?[] _texts;

    // Row after row, each with the numbers of all its tensors.
    private double[] _tensors;
    private int _capacity;

    /// <summary>Makes an empty batch with a column for each feature.</summary>
    public FeatureBatch(Signature signature, int capacity = 1)
    {
        Signature = signature;
        _capacity = Math.Max(1, capacity);
        _numbers = new double[checked(signature.NumberColumns * _capacity)];
        _codes = new int[checked(signature.TextColumns * _capacity)];
        _texts = new string?[_codes.Length];
        _tensors = new double[checked(signature.TensorElements * _capacity)];
    }

    /// <summary>The features that the columns hold.</summary>
    public Signature Signature { get; }

    /// <summary>How many rows the batch holds.</summary>
    public int Rows { get; private set; }

    /// <summary>How many rows fit before the columns grow.</summary>
    public int Capacity => _capacity;

    /// <summary>The numbers of all features, column after column, each <see cref="Capacity"/> long.</summary>
    internal ReadOnlySpan<double> AllNumbers => _numbers;

    /// <summary>A column of an integer, number or boolean (0 or 1) feature, <c>[Rows]</c>; NaN marks a missing value.</summary>
    /// <exception cref="InvalidOperationException">The feature is text.</exception>
    public ReadOnlySpan<double> Numbers(int feature) => _numbers.AsSpan(NumberColumn(feature) * _capacity, Rows);

    /// <summary>A column of a string feature, <c>[Rows]</c>; null marks a missing value.</summary>
    /// <exception cref="InvalidOperationException">The feature is not text.</exception>
    public ReadOnlySpan<string?> Texts(int feature) => _texts.AsSpan(TextColumn(feature) * _capacity, Rows);

    /// <summary>
    /// The category codes of a string feature, <c>[Rows]</c>; <see cref="CategoryTable.Unknown"/> for free text and for unknown or missing
    /// categories.
    /// </summary>
    /// <exception cref="InvalidOperationException">The feature is not text.</exception>
    public ReadOnlySpan<int> Codes(int feature) => _codes.AsSpan(TextColumn(feature) * _capacity, Rows);

    /// <summary>The numbers of a tensor in one row, in the order of its nested arrays, <c>[elements]</c>.</summary>
    /// <exception cref="InvalidOperationException">The feature is no tensor.</exception>
    public ReadOnlySpan<double> Tensor(int row, int feature) => TensorToFill(row, feature);

    /// <summary><see cref="Tensor"/>, to be written.</summary>
    internal Span<double> TensorToFill(int row, int feature)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return Signature.ColumnOf(feature) == Signature.NoColumn
            ? _tensors.AsSpan((row * Signature.TensorElements) + Signature.OffsetOf(feature), Signature.Features[feature].Elements)
            : throw WrongColumn(feature);
    }

    /// <summary>One of <see cref="Numbers"/>.</summary>
    internal double Number(int row, int feature) => _numbers[(Signature.ColumnOf(feature) * _capacity) + row];

    /// <summary>One of <see cref="Codes"/>.</summary>
    internal int Code(int row, int feature) => _codes[(~Signature.ColumnOf(feature) * _capacity) + row];

    /// <summary>Appends a row in which every value is missing.</summary>
    /// <returns>The index of the new row.</returns>
    public int AddRow()
    {
        if (Rows == _capacity)
        {
            Grow();
        }

        if (_capacity == 1)
        {
            _numbers.AsSpan().Fill(double.NaN);
            _codes.AsSpan().Fill(CategoryTable.Unknown);
            return Rows++;
        }

        for (var at = Rows; at < _numbers.Length; at += _capacity)
        {
            _numbers[at] = double.NaN;
        }

        for (var at = Rows; at < _codes.Length; at += _capacity)
        {
            _codes[at] = CategoryTable.Unknown;
        }

        return Rows++;
    }

    /// <summary>Removes the last row.</summary>
    public void RemoveLastRow() => Truncate(Rows - 1);

    /// <summary>Sets a value of an integer, number or boolean feature; NaN is missing.</summary>
    public void SetNumber(int row, int feature, double value) => _numbers[Place(NumberColumn(feature), row)] = value;

    /// <summary>Sets a string feature to one of its categories.</summary>
    public void SetCategory(int row, int feature, int code)
    {
        var place = Place(TextColumn(feature), row);
        _codes[place] = code;
        _texts[place] = Signature.CategoryOf(feature, code);
    }

    /// <summary>Sets a string feature to free text or an unknown category.</summary>
    public void SetText(int row, int feature, string text) => _texts[Place(TextColumn(feature), row)] = text;

    /// <summary>Sets a feature to what a missing value means: nothing, or the category that the trainer has for it.</summary>
    public void SetMissing(int row, int feature)
    {
        if (Signature.HasMissingCategories && Signature.Features[feature].MissingCode is var code and not CategoryTable.Unknown)
        {
            SetCategory(row, feature, code);
        }
    }

    /// <summary>Appends a copy of one row to another batch of the same signature.</summary>
    public void CopyRowTo(FeatureBatch destination, int row)
    {
        var target = destination.AddRow();
        for (int from = row, to = target; from < _numbers.Length; from += _capacity, to += destination._capacity)
        {
            destination._numbers[to] = _numbers[from];
        }

        for (int from = row, to = target; from < _codes.Length; from += _capacity, to += destination._capacity)
        {
            destination._codes[to] = _codes[from];
            destination._texts[to] = _texts[from];
        }

        var elements = Signature.TensorElements;
        _tensors.AsSpan(row * elements, elements).CopyTo(destination._tensors.AsSpan(target * elements));
    }

    /// <summary>Removes all rows and keeps the memory.</summary>
    public void Clear() => Truncate(0);

    /// <summary>Removes the last rows.</summary>
    /// <param name="rows">How many rows stay, at most <see cref="Rows"/>.</param>
    public void Truncate(int rows)
    {
        // A pooled batch must not keep a client's texts alive.
        if (rows == 0 && Rows == _capacity)
        {
            _texts.AsSpan().Clear();
        }
        else
        {
            for (var column = 0; column < _texts.Length; column += _capacity)
            {
                _texts.AsSpan(column + rows, Rows - rows).Clear();
            }
        }

        Rows = rows;
    }

    private void Grow()
    {
        var capacity = checked(_capacity * 2);
        _numbers = Grown(_numbers, capacity);
        _codes = Grown(_codes, capacity);
        _texts = Grown(_texts, capacity);
        Array.Resize(ref _tensors, checked(Signature.TensorElements * capacity));
        _capacity = capacity;
    }

    private T[] Grown<T>(T[] columns, int capacity)
    {
        var grown = new T[checked((long)columns.Length * 2)];
        for (int from = 0, to = 0; from < columns.Length; from += _capacity, to += capacity)
        {
            columns.AsSpan(from, Rows).CopyTo(grown.AsSpan(to));
        }

        return grown;
    }

    private int NumberColumn(int feature) =>
        Signature.ColumnOf(feature) is var column and >= 0 ? column : throw WrongColumn(feature);

    private int TextColumn(int feature) =>
        Signature.ColumnOf(feature) is var column and < 0 and not Signature.NoColumn ? ~column : throw WrongColumn(feature);

    private int Place(int column, int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return (column * _capacity) + row;
    }

    private InvalidOperationException WrongColumn(int feature) =>
        new($"Feature '{Signature.Features[feature].Name}' is of type {Signature.Features[feature].Type}.");
}
