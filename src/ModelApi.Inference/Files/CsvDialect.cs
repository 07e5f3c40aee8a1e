using System.Text;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Files;

/// <summary>How a CSV file is written, by its first line; the output is written in the same way.</summary>
/// <param name="Separator">The character between columns.</param>
/// <param name="LineBreak">The end of a line: <c>\n</c> or <c>\r\n</c>.</param>
/// <param name="HasByteOrderMark">Whether the file begins with the mark by which Excel knows UTF-8.</param>
internal sealed record CsvDialect(char Separator, string LineBreak, bool HasByteOrderMark)
{
    private static readonly char[] Separators = [',', ';', '\t', '|'];

    /// <summary>Finds the dialect of a file.</summary>
    /// <param name="start">The first line, and perhaps more.</param>
    /// <param name="separator">The separator, if it is known.</param>
    /// <param name="signature">The features: the separator that makes most of them columns is the file's.</param>
    public static CsvDialect Detect(ReadOnlySpan<byte> start, char? separator, Signature signature)
    {
        var lineBreak = start.IndexOf((byte)'\n');
        return new CsvDialect(
            separator ?? DetectSeparator(start, signature),
            lineBreak > 0 && start[lineBreak - 1] == '\r' ? "\r\n" : "\n",
            start.StartsWith("\uFEFF"u8));
    }

    private static char DetectSeparator(ReadOnlySpan<byte> start, Signature signature)
    {
        // Excel's own first line: "sep=;".
        if (start.StartsWith("sep="u8) && start.Length > 4)
        {
            return (char)start[4];
        }

        var end = start.IndexOf((byte)'\n');
        var line = Encoding.UTF8.GetString(start[..(end < 0 ? start.Length : end)]).Trim('\uFEFF', '\r');
        return Separators
            .OrderByDescending(candidate => Features(line.Split(candidate), signature))
            .ThenByDescending(candidate => line.Count(c => c == candidate))
            .First();
    }

    // A name that holds a separator is cut in two here. Another separator wins only if most names hold one.
    private static int Features(string[] names, Signature signature) => names.Count(name => signature.IndexOf(name.Trim('"')) >= 0);
}
