using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Files;

/// <summary>Reads one JSON object from each line, and writes it with the answer as further members.</summary>
/// <remarks>The members of the input are copied byte for byte.</remarks>
internal sealed class JsonRowReader : IRowReader
{
    private const int LongestLine = 16 * 1024 * 1024;

    private readonly PeekedStream _input;
    private readonly JsonFeatureReader _features;
    private readonly string[] _added;
    private readonly byte[][] _addedKeys;
    private readonly string _prefix;
    private byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private long _line;

    /// <summary>Checks that the file is text.</summary>
    /// <param name="input">The file; the caller disposes of it.</param>
    /// <param name="prefix">Begins the names of the added members.</param>
    /// <param name="signature">The features and classes.</param>
    /// <exception cref="RowFileException">The file is not text.</exception>
    public JsonRowReader(PeekedStream input, string prefix, Signature signature)
    {
        _input = input;
        _features = new JsonFeatureReader(signature, new ReadLimits(MaxRows: 1), keysMayBeUnknown: true);
        _prefix = prefix;
        _added = [.. AnswerMembers.Of(signature.Answer).Select(name => prefix + name)];
        _addedKeys = [.. _added.Select(Quoted)];

        // Throws if the file is not text.
        _input.PeekStart();
    }

    public IReadOnlyList<string> Remarks => [];

    public bool Fill(RowBatch batch)
    {
        while (!batch.IsFull)
        {
            if (!TryReadLine(out var line))
            {
                return false;
            }

            if (line.IsEmpty)
            {
                continue;
            }

            var rows = batch.Features.Rows;
            ReadRow(line, batch);
            batch.Add(rows, _line, line);
        }

        return true;
    }

    public void WriteHeader(Utf8Buffer output)
    {
    }

    public void WriteRow(ReadOnlySpan<byte> text, PredictionBatch predictions, int row, Utf8Buffer output)
    {
        // The text is an object, so it ends with a brace. Only an empty object has no member before that.
        var members = text[..^1].TrimEnd(" \t\r"u8);
        output.Write(members);
        output.Write(members.Length == 1 ? ""u8 : ","u8);
        AnswerJson.Write(output.Json, predictions, row, _prefix);
        output.EndJson();
        output.Write("}\n"u8);
    }

    public void Dispose()
    {
    }

    private void ReadRow(ReadOnlySpan<byte> line, RowBatch batch)
    {
        try
        {
            if (_features.Read(line, batch.Features, batch.Findings) != RequestShape.Row)
            {
                batch.Findings.Clear();
                batch.Findings.Error(0, null, "A line must hold one object with the features, not several rows.");
            }
            else if (MayHold(line))
            {
                RefuseTaken(line, batch.Findings);
            }
        }
        catch (MalformedJsonException exception)
        {
            batch.Findings.Error(0, null, $"Not valid JSON at byte {exception.Position}: {exception.Message}");
        }
    }

    private bool MayHold(ReadOnlySpan<byte> line)
    {
        foreach (var key in _addedKeys)
        {
            if (line.IndexOf(key) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private void RefuseTaken(ReadOnlySpan<byte> line, Findings findings)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            foreach (var name in _added)
            {
                if (reader.ValueTextEquals(name))
                {
                    findings.Error(0, name, "Already in the row; rename it, or give the added names a prefix.");
                }
            }

            reader.Skip();
        }
    }

    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        for (var searched = 0; ;)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = Take(searched + length, 1);
                return true;
            }

            searched = _end - _start;
            if (!ReadMore())
            {
                line = Take(searched, 0);
                return searched > 0;
            }
        }
    }

    private ReadOnlySpan<byte> Take(int length, int lineBreak)
    {
        var line = _buffer.AsSpan(_start, length);
        _start += length + lineBreak;
        _line++;
        return (_line == 1 && line.StartsWith("\uFEFF"u8) ? line[3..] : line).Trim(" \t\r"u8);
    }

    private bool ReadMore()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
            {
                throw new RowFileException(
                    $"{_input.Name}, line {_line + 1}: the line has more than {LongestLine / 1024 / 1024} MB. "
                    + "Write each row on a line of its own.");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var length = _input.Read(_buffer.AsSpan(_end));
        _end += length;
        return length > 0;
    }

    private static byte[] Quoted(string text) =>
        Encoding.UTF8.GetBytes($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"");
}
