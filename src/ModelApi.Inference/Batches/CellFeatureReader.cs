using System.Buffers;
using System.Globalization;
using System.Text;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Reads the cells of a table that holds only text, such as a CSV file, into the columns of a feature batch.</summary>
/// <remarks>
/// Thread-safe. A cell is accepted or refused, with the same words, as the value that it stands for would be in JSON; what text
/// cannot tell apart from a missing value (an empty cell, NaN) is missing. A cell that is valid costs no allocation, but for a
/// text that is no known category.
/// </remarks>
public sealed class CellFeatureReader
{
    private const int MaxStackChars = 256;
    private const string MissingCell = "an empty cell";

    private readonly Signature _signature;
    private readonly FeatureRules _rules;
    private readonly bool[] _emptyIsText;
    private readonly CategoryTable?[] _categories;

    /// <summary>Prepares the reader of one signature.</summary>
    public CellFeatureReader(Signature signature)
    {
        _signature = signature;
        _rules = new FeatureRules(signature);
        _emptyIsText = [.. signature.Features.Select(EmptyIsText)];

        // Those in which a text can be looked up before anything else is asked of it.
        _categories = [.. signature.Features.Select(feature => feature.MinimumLength == 0 ? feature.Categories : null)];
    }

    /// <summary>
    /// The texts that are a missing value in the column of a number or of a boolean, beside the empty cell: those that pandas'
    /// <c>read_csv</c> takes for NaN. In the column of a string they are that string.
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
            findings.Error(row, _signature.Features[feature].Name, $"Must be {_rules.Expected(feature, MissingCell)}, not {(TryNumber(cell, out _) ? "a number" : "text")}.");
        }
    }

    private void ReadText(ReadOnlySpan<byte> cell, FeatureBatch batch, int index, int row, int feature, Findings findings)
    {
        if (cell.IsEmpty && !_emptyIsText[feature])
        {
            _rules.Missing(row, feature, findings);
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

    private static bool TryNumber(ReadOnlySpan<byte> cell, out double value)
    {
        if (WholeNumber.TryParse(cell, out value))
        {
            return true;
        }

        // The bytes are looked at first, because the parser takes a NUL at the end, and the words for infinity, as well.
        foreach (var c in cell)
        {
            if (!char.IsAsciiDigit((char)c) && c is not ((byte)'+' or (byte)'-' or (byte)'.' or (byte)'e' or (byte)'E'))
            {
                return false;
            }
        }

        return double.TryParse(cell, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
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

    // An empty cell is the empty text where that is a category, and where any text will do that must be there.
    private static bool EmptyIsText(Feature feature) =>
        feature.Categories is { } categories
            ? categories.CodeOf("") != CategoryTable.Unknown
            : feature is { Type: FeatureType.String, Nullable: false };
}
