using System.Text;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>Rows with the trainer's own answers, from <c>golden.jsonl</c>.</summary>
/// <remarks>
/// One JSON object per line: <c>input</c> (a row as a client would send it) with <c>label</c> and <c>probabilities</c> by
/// class, or <c>value</c> for a regression. Other keys are for people.
/// </remarks>
public sealed class GoldenRows
{
    internal const string FileName = "golden.jsonl";

    private readonly List<int> _labels = [];
    private readonly List<double> _probabilities = [];
    private readonly List<double> _values = [];
    private Dictionary<string, int>? _classes;

    private GoldenRows(Signature signature) => Features = new FeatureBatch(signature);

    /// <summary>The rows.</summary>
    public FeatureBatch Features { get; }

    /// <summary>Classification: the trainer's class of each row, as an index, <c>[rows]</c>.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>Classification: the trainer's probabilities, <c>[rows × classes]</c>.</summary>
    public IReadOnlyList<double> Probabilities => _probabilities;

    /// <summary>Regression: the trainer's predictions, <c>[rows]</c>.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <exception cref="OperationCanceledException">The token was cancelled between two lines.</exception>
    internal static GoldenRows Read(
        ReadOnlyMemory<byte> content,
        Signature signature,
        BundleLimits limits,
        BundleFaults faults,
        CancellationToken cancellationToken = default)
    {
        var rows = new GoldenRows(signature);
        var reader = new JsonFeatureReader(signature, new ReadLimits());
        var before = faults.Count;
        for (var line = 1; !content.IsEmpty && line <= limits.MaxGoldenRows; line++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = content.Span.IndexOf((byte)'\n');
            var text = end < 0 ? content : content[..end];
            if (!text.Span.Trim(" \t\r"u8).IsEmpty)
            {
                rows.ReadLine(text, line, reader, faults);
            }

            content = content[(end < 0 ? text.Length : end + 1)..];
        }

        if (rows.Features.Rows == 0 && faults.Count == before)
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

            ReadAnswer(node);
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

    private void ReadAnswer(ManifestNode node)
    {
        if (Features.Signature.Classes is not { } classes)
        {
            _values.Add(node.Member("value")?.Number() ?? double.NaN);
            return;
        }

        if (node.Member("label") is { } label)
        {
            var name = label.Kind == JsonValueKind.Number ? label.Element.GetRawText() : label.Text() ?? "";
            var index = classes.IndexOf(Encoding.UTF8.GetBytes(name));
            if (index < 0)
            {
                label.Fault("Must be one of the manifest's classes.");
            }

            _labels.Add(index);
        }

        if (node.Member("probabilities") is { Kind: JsonValueKind.Object } probabilities)
        {
            ReadProbabilities(probabilities, classes);
        }
        else
        {
            node.Member("probabilities", required: false)?.Fault("Must be an object with a number for each class.");
        }
    }

    private void ReadProbabilities(ManifestNode node, ClassLabels classes)
    {
        // One pass rather than a search for each class, of which there may be thousands.
        _classes ??= classes.Names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        var row = new double?[classes.Count];
        foreach (var (name, probability) in node.Members())
        {
            if (_classes.TryGetValue(name, out var index))
            {
                row[index] = probability.Number() ?? double.NaN;
            }
        }

        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] is null)
            {
                node.FaultMissing(classes.Names[i]);
            }
        }

        // Rows with faults are never compared.
        if (!row.Contains(null))
        {
            _probabilities.AddRange(row.Select(probability => probability!.Value));
        }
    }
}
