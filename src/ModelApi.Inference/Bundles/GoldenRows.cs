using System.Text;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>Rows with the trainer's own answers, from <c>golden.jsonl</c>.</summary>
/// <remarks>
/// One JSON object per line: <c>input</c> (a row as a client would send it) with <c>label</c> and <c>probabilities</c> by
/// class, <c>value</c> for a regression, and so on: see <see cref="GoldenAnswers"/>. Other keys are for people.
/// </remarks>
public sealed class GoldenRows
{
    internal const string FileName = "golden.jsonl";

    private readonly GoldenAnswers _answers;
    private double[]? _allowed;

    private GoldenRows(Signature signature, Tolerance tolerance)
    {
        Features = new FeatureBatch(signature);
        Tolerance = tolerance;
        _answers = new GoldenAnswers(signature);
    }

    /// <summary>The rows.</summary>
    public FeatureBatch Features { get; }

    /// <summary>The trainer's class of each row, as an index, <c>[rows × LabelColumns]</c>; -1 where the row does not say.</summary>
    public IReadOnlyList<int> Labels => _answers.Labels;

    /// <summary>The trainer's numbers, as <see cref="AnswerShape.Numbers"/> says, <c>[rows × NumberColumns]</c>.</summary>
    public IReadOnlyList<double> Numbers => _answers.Numbers;

    /// <summary>How far an answer may be from the trainer's.</summary>
    public Tolerance Tolerance { get; }

    /// <summary>The largest allowed difference of each number of an answer, in its own unit, <c>[NumberColumns]</c>.</summary>
    public IReadOnlyList<double> Allowed => _allowed ??= [.. _answers.Scales().Select(scale => scale * Tolerance.Share)];

    /// <exception cref="OperationCanceledException">The token was cancelled between two lines.</exception>
    internal static GoldenRows Read(
        ReadOnlyMemory<byte> content,
        Signature signature,
        BundleLimits limits,
        BundleFaults faults,
        Tolerance? tolerance = null,
        CancellationToken cancellationToken = default)
    {
        var rows = new GoldenRows(signature, tolerance ?? Tolerance.Usual);
        var reader = new JsonFeatureReader(signature, new ReadLimits());
        var found = new GoldenFaults();
        for (var line = 1; !content.IsEmpty && line <= limits.MaxGoldenRows; line++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = content.Span.IndexOf((byte)'\n');
            var text = end < 0 ? content : content[..end];
            if (!text.Span.Trim(" \t\r"u8).IsEmpty)
            {
                var ofLine = new BundleFaults();
                rows.ReadLine(text, line, reader, ofLine);
                found.Add(line, ofLine);
            }

            content = content[(end < 0 ? text.Length : end + 1)..];
        }

        found.AddTo(faults);
        if (rows.Features.Rows == 0 && found.AreNone)
        {
            faults.Add(new BundleFault(FileName, "", "Holds no rows; a version is only served after it has reproduced some."));
        }

        return rows;
    }

    private void ReadLine(ReadOnlyMemory<byte> text, int line, JsonFeatureReader reader, BundleFaults faults)
    {
        try
        {
            using var document = BundleJson.Parse(text);
            var node = new ManifestNode(document.RootElement, FileName, $"line {line} $", faults);
            if (node.Kind != JsonValueKind.Object)
            {
                node.Fault("Must be an object with 'input' and the trainer's answer.");
                return;
            }

            if (node.Member("input") is { } input)
            {
                ReadInput(input, reader);
            }

            _answers.Read(node);
        }
        catch (MalformedJsonException exception)
        {
            faults.Add(new BundleFault(FileName, $"line {line} $.input", exception.Message));
        }
        catch (InvalidOperationException exception) when (BundleJson.IsHalfSurrogate(exception))
        {
            faults.Add(BundleJson.HalfSurrogate(FileName, $"line {line}"));
        }
        catch (JsonException exception)
        {
            faults.Add(BundleJson.Malformed(FileName, exception, text.Span, $"line {line}"));
        }
    }

    private void ReadInput(ManifestNode input, JsonFeatureReader reader)
    {
        var findings = new Findings();
        reader.Read(Encoding.UTF8.GetBytes(input.Element.GetRawText()), Features, findings);
        foreach (var error in findings.Errors)
        {
            input.Fault($"{error.Pointer(RequestShape.Row)} {error.Message}".TrimStart());
        }
    }
}
