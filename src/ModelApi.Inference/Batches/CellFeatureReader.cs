using System.Buffers;
using System.Globalization;
using System.Text;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Reads the cells of a text table, such as a CSV file, into the columns of a feature batch.</summary>
/// <remarks>
/// Thread-safe. A cell is accepted or refused like the same value in JSON, with the same messages; an empty cell and NaN are missing
/// values. A valid cell allocates nothing, except for a text that is no known category.
/// </remarks>
public sealed class CellFeatureReader
{
    private const int MaxStackChars = 256;
    private const string MissingCell = "an empty cell";

    private readonly Signature _signature;
    private readonly FeatureRules _rules;
    private readonly CellTensorReader _tensors;
    private readonly bool[] _emptyIsText;
    private readonly CategoryTable?[] _categories;

    /// <summary>Prepares the reader of one signature.</summary>
    public CellFeatureReader(Signature signature)
    {
        _signature = signature;
        _rules = new FeatureRules(signature);
        _tensors = new CellTensorReader(signature, _rules);
        _emptyIsText = [.. signature.Features.Select(EmptyIsText)];

        // Categories in which the bytes of a text can be looked up at once, because no other rule comes first.
        _categories = [.. signature.Features.Select(feature => feature.MinimumLength == 0 ? feature.Categories : null)];
    }

    /// <summary>
    /// Texts that mean a missing value in the column of a number or boolean, like the empty cell: those that <c>read_csv</c> of pandas
    /// reads as NaN. In the column of a string they are strings.
    /// </summary>
    public static IReadOnlyList<string> MissingMarkers { get; } =
    [
        "NaN", "nan", "-NaN", "-nan", "NA", "<NA>", "N/A", "n/a", "#N/A", "#N/A N/A", "#NA", "NULL", "null", "None",
        "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
    ];

    /// <summary>Reads one cell.</summary>
    /// <param name="cell">Valid UTF-8, without the quotes of the file's format.</param>
    /// <param name="batch">Receives the value.</param>
    /// <param name="index">The row in the batch.</param>
    /// <param name="row">The row that findings are about.</param>
    /// <param name="feature">The feature that the cell's column holds.</param>
    /// <param name="findings">Receives what is wrong or unusual.</param>
    public void Read(ReadOnlySpan<byte> cell, FeatureBatch batch, int index, int row, int feature, Findings findings)
    {
        switch (_signature.Features[feature].Type)
        {
            case FeatureType.String:
                ReadText(cell, batch, index, row, feature, findings);
                break;

            case FeatureType.Tensor:
                _tensors.Read(Trim(cell), batch, index, row, feature, findings);
                break;

            case FeatureType.Boolean:
                ReadBoolean(Trim(cell), batch, index, row, feature, findings);
                break;

            default:
                ReadNumber(Trim(cell), batch, index, row, feature, findings);
                break;
        }
    }

    private void ReadNumber(ReadOnlySpan<byte> cell, FeatureBatch batch, int index, int row, int feature, Findings findings)
    {
        if (TryNumber(cell, out var value))
        {
            _rules.SetNumber(value, batch, index, row, feature, findings);
        }
        else if (IsMissing(cell))
        {
            _rules.Missing(row, feature, findings);
        }
        else
        {
            findings.Error(row, _signature.Features[feature].Name, IsNumberWithComma(cell)
                ? $"Must be {_rules.Expected(feature, MissingCell)}; write the decimal point as '.', not ','."
                : $"Must be {_rules.Expected(feature, MissingCell)}, not {(IsInfinite(cell) ? "infinite" : "text")}.");
        }
    }

    private void ReadBoolean(ReadOnlySpan<byte> cell, FeatureBatch batch, int index, int row, int feature, Findings findings)
    {
        if (Ascii.EqualsIgnoreCase(cell, "true"u8))
        {
            batch.SetNumber(index, feature, 1);
        }
        else if (Ascii.EqualsIgnoreCase(cell, "false"u8))
        {
            batch.SetNumber(index, feature, 0);
        }
        else if (IsMissing(cell))
        {
            _rules.Missing(row, feature, findings);
        }
        else
        {
            var given = TryNumber(cell, out _) ? "a number" : "text";
            findings.Error(row, _signature.Features[feature].Name, $"Must be {_rules.Expected(feature, MissingCell)}, not {given}.");
        }
    }

    private void ReadText(ReadOnlySpan<byte> cell, FeatureBatch batch, int index, int row, int feature, Findings findings)
    {
        if (cell.IsEmpty && !_emptyIsText[feature])
        {
            _rules.Missing(row, feature, batch, index, findings);
            return;
        }

        if (_categories[feature]?.CodeOf(cell) is { } code and not CategoryTable.Unknown)
        {
            batch.SetCategory(index, feature, code);
            return;
        }

        char[]? rented = null;
        var buffer = cell.Length <= MaxStackChars
            ? stackalloc char[MaxStackChars]
            : rented = ArrayPool<char>.Shared.Rent(cell.Length);
        try
        {
            var length = Encoding.UTF8.GetChars(cell, buffer);
            _rules.SetText(buffer[..length], batch, index, row, feature, findings);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> cell)
    {
        while (cell is [(byte)' ' or (byte)'\t', ..])
        {
            cell = cell[1..];
        }

        while (cell is [.., (byte)' ' or (byte)'\t'])
        {
            cell = cell[..^1];
        }

        return cell;
    }

    internal static bool TryNumber(ReadOnlySpan<byte> cell, out double value)
    {
        if (WholeNumber.TryParse(cell, out value))
        {
            return true;
        }

        // Checked before the parser, which also accepts a NUL at the end and words for infinity.
        foreach (var c in cell)
        {
            if (!char.IsAsciiDigit((char)c) && c is not ((byte)'+' or (byte)'-' or (byte)'.' or (byte)'e' or (byte)'E'))
            {
                return false;
            }
        }

        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(cell, Styles, CultureInfo.InvariantCulture, out value);
    }

    private static bool IsMissing(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty)
        {
            return true;
        }

        foreach (var marker in MissingMarkers)
        {
            if (Ascii.Equals(cell, marker))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInfinite(ReadOnlySpan<byte> cell)
    {
        var word = cell.TrimStart("+-"u8);
        return Ascii.EqualsIgnoreCase(word, "inf"u8) || Ascii.EqualsIgnoreCase(word, "infinity"u8);
    }

    private static bool IsNumberWithComma(ReadOnlySpan<byte> cell)
    {
        var comma = cell.IndexOf((byte)',');
        Span<byte> point = stackalloc byte[32];
        if (comma < 0 || cell.Length > point.Length)
        {
            return false;
        }

        cell.CopyTo(point);
        point[comma] = (byte)'.';
        return TryNumber(point[..cell.Length], out _);
    }

    // An empty cell is the empty text where that is a category, or where free text is required.
    private static bool EmptyIsText(Feature feature) =>
        feature.Categories is { } categories
            ? categories.CodeOf("") != CategoryTable.Unknown
            : feature is { Type: FeatureType.String, Nullable: false };
}
