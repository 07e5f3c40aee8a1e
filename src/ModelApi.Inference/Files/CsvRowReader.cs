using System.Text;
using System.Text.Unicode;
using CsvHelper;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Files;

/// <summary>Reads a table with a header, and writes it with the answers as further columns.</summary>
/// <remarks>The columns of the input are copied byte for byte, so quotes and digits stay as they are.</remarks>
internal sealed class CsvRowReader : IRowReader
{
    // Keeps a quote that is never closed from reading a large file into memory.
    private const int LongestRecord = 16 * 1024 * 1024;

    private readonly string _file;
    private readonly CellFeatureReader _cells;
    private readonly Signature _signature;
    private readonly CsvDialect _dialect;
    private readonly CsvColumns _columns;
    private readonly byte[] _header;
    private readonly byte[] _addedHeader;
    private readonly int _columnCount;
    private readonly byte[] _separator;
    private readonly byte[] _lineBreak;
    private readonly byte[][] _labels;
    private CsvReader _reader;
    private long _linesBefore;
    private CsvMalformedReason? _malformed;

    /// <summary>Reads the line that names the columns.</summary>
    /// <param name="input">The file; the caller disposes of it.</param>
    /// <param name="separator">The separator, or null to recognize it.</param>
    /// <param name="prefix">Begins the names of the added columns.</param>
    /// <param name="signature">The features and classes.</param>
    /// <exception cref="RowFileException">The file is empty or not a table, or columns are missing.</exception>
    public CsvRowReader(PeekedStream input, char? separator, string prefix, Signature signature)
    {
        _file = input.Name;
        _signature = signature;
        _cells = new CellFeatureReader(signature);
        var start = input.PeekStart();
        _dialect = CsvDialect.Detect(start, separator, signature);
        _reader = CsvReader.Create(input, Options(linesInQuotes: true) with
        {
            // Without a separator, the reader itself skips Excel's first line "sep=;".
            Separator = start.StartsWith("sep="u8) && separator is null ? null : _dialect.Separator,
        }, leaveOpen: true);

        var header = ReadHeader();
        _columnCount = header.Count;
        _columns = CsvColumns.Find(header, signature, _file);
        string[] added = [.. AnswerColumns.Of(signature).Select(name => prefix + name)];
        if (header.FirstOrDefault(added.Contains) is { } taken)
        {
            throw new RowFileException(
                $"{_file} already has a column '{taken}'; rename it, or give the added columns a prefix. Nothing was scored.");
        }

        _separator = [(byte)_dialect.Separator];
        _lineBreak = Encoding.ASCII.GetBytes(_dialect.LineBreak);
        _header = [.. _dialect.HasByteOrderMark ? "\uFEFF"u8 : [], .. _reader.RawRecord];
        _addedHeader = Encoding.UTF8.GetBytes(_dialect.Separator + string.Join(_dialect.Separator, added.Select(Field)));
        _labels = [.. signature.Classes?.Names.Select(name => Encoding.UTF8.GetBytes(Field(name))) ?? []];
    }

    public IReadOnlyList<string> Remarks => _columns.Remarks;

    public bool Fill(RowBatch batch)
    {
        while (!batch.IsFull)
        {
            if (!Read())
            {
                return false;
            }

            var rows = batch.Features.Rows;
            var text = _reader.RawRecord;
            if (Fault(text) is { } fault)
            {
                batch.Findings.Error(0, null, fault);
            }
            else
            {
                ReadCells(batch);
            }

            batch.Add(rows, _linesBefore + _reader.LineNumber, text);
        }

        return true;
    }

    public void WriteHeader(Utf8Buffer output)
    {
        output.Write(_header);
        output.Write(_addedHeader);
        output.Write(_lineBreak);
    }

    public void WriteRow(ReadOnlySpan<byte> text, PredictionBatch predictions, int row, Utf8Buffer output)
    {
        output.Write(text);
        foreach (var label in predictions.LabelsOf(row))
        {
            output.Write(_separator);
            output.Write(_labels[label]);
        }

        for (var column = 0; column < _signature.Answer.NumberColumns; column++)
        {
            output.Write(_separator);
            output.Write(predictions, row, column);
        }

        foreach (var other in predictions.Others)
        {
            output.Write(_separator);
            output.Write(Encoding.UTF8.GetBytes(Field(AnswerColumns.CellOf(other, row))));
        }

        output.Write(_lineBreak);
    }

    public void Dispose() => _reader.Dispose();

    private CsvReaderOptions Options(bool linesInQuotes) => new()
    {
        HasHeader = false,
        Separator = _dialect.Separator,
        AllowLineBreaksInQuotes = linesInQuotes,
        TrackLineNumbers = true,
        MaxRecordSize = LongestRecord,
        BufferSize = 256 * 1024,
        OnMalformedRecord = record => _malformed = record.Reason,
    };

    private List<string> ReadHeader()
    {
        if (!Read())
        {
            throw new RowFileException(
                $"{_file} is empty; a CSV file begins with a line that names its columns. Nothing was scored.");
        }

        if (Fault(_reader.RawRecord, isHeader: true) is { } fault)
        {
            throw new RowFileException(
                $"{_file}, line {_reader.LineNumber}: {fault} The first line must name the columns. Nothing was scored.");
        }

        var names = new List<string>();
        for (var column = 0; column < _reader.FieldCount; column++)
        {
            names.Add(_reader.GetString(column));
        }

        return names;
    }

    private bool Read()
    {
        _malformed = null;
        try
        {
            if (!_reader.Read())
            {
                return false;
            }

            if (_malformed == CsvMalformedReason.UnterminatedQuote && _reader.RawRecord.ContainsAny((byte)'\n', (byte)'\r'))
            {
                // A quote that is not closed has swallowed the rest of the file: read that again, line by line.
                var rest = _reader.RawRecord.ToArray();
                _linesBefore += _reader.LineNumber - 1;
                _reader.Dispose();
                _reader = CsvReader.Create(rest, Options(linesInQuotes: false));
                return Read();
            }

            return true;
        }
        catch (CsvFormatException exception)
        {
            throw new RowFileException(
                $"{_file}, line {_linesBefore + exception.LineNumber}: the row has more than {LongestRecord / 1024 / 1024} MB; "
                + "is a quote not closed there?",
                exception);
        }
    }

    private string? Fault(ReadOnlySpan<byte> text, bool isHeader = false) =>
        text.Contains((byte)0) ? "Holds a NUL byte, so it is not text."
        : !Utf8.IsValid(text) ? "Is not valid UTF-8; save the file as UTF-8."
        : _malformed is CsvMalformedReason.UnterminatedQuote or CsvMalformedReason.LineBreakInQuotes ? "A quote is not closed."
        : _malformed == CsvMalformedReason.TextAfterClosingQuote ? "There is text between a closing quote and the next separator."
        : !isHeader && _reader.FieldCount != _columnCount ? $"Has {_reader.FieldCount} fields where the header has {_columnCount}."
        : null;

    private void ReadCells(RowBatch batch)
    {
        var row = batch.Features.AddRow();
        var columns = _columns.OfFeatures;
        for (var feature = 0; feature < columns.Length; feature++)
        {
            if (columns[feature] >= 0)
            {
                _cells.Read(_reader.GetSpan(columns[feature]), batch.Features, row, 0, feature, batch.Findings);
            }
            else
            {
                batch.Features.SetMissing(row, feature);
            }
        }
    }

    private string Field(string value) =>
        value.AsSpan().ContainsAny(['"', '\r', '\n', _dialect.Separator])
            ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : value;
}
