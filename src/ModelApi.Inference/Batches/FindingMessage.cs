using System.Globalization;
using System.Runtime.CompilerServices;

namespace ModelApi.Inference.Batches;

/// <summary>The message of an error, formatted only if <see cref="Findings"/> keeps the error.</summary>
/// <remarks>A hostile request has millions of errors. Most of them are only counted, and must not cost a string each.</remarks>
[InterpolatedStringHandler]
internal ref struct FindingMessage
{
    private DefaultInterpolatedStringHandler _text;

    public FindingMessage(int literalLength, int formattedCount, Findings findings, out bool isKept)
    {
        isKept = findings.KeepsErrors;
        _text = isKept ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string ToStringAndClear() => _text.ToStringAndClear();
}
