using System.Text.Json;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads the trainer's own answers out of golden rows.</summary>
/// <remarks>
/// <c>label</c> is a class, or for several targets an array in their order or an object by their names. The numbers are
/// <c>probabilities</c>, <c>scores</c> or <c>distances</c>, an object by class or an array in the order of the classes; a single
/// <c>score</c>; or a <c>value</c>, for several targets an array or an object. What trainers also write is understood:
/// <c>value</c> for several labels or for the score of an outlier detector, and <c>probabilities</c> for scores.
/// </remarks>
internal sealed class GoldenAnswers(Signature signature)
{
    private readonly AnswerShape _answer = signature.Answer;
    private readonly List<int> _labels = [];
    private readonly List<double> _numbers = [];

    public IReadOnlyList<int> Labels => _labels;

    public IReadOnlyList<double> Numbers => _numbers;

    public void Read(ManifestNode row)
    {
        if (_answer.LabelColumns > 0)
        {
            ReadLabels(row);
        }

        // Rows with faults are never compared.
        if (_answer.NumberColumns > 0 && ReadNumbers(row) is { } numbers && !numbers.Contains(null))
        {
            foreach (var number in numbers)
            {
                _numbers.Add(number!.Value);
            }
        }
    }

    /// <summary>The largest magnitude of each number; 1 for probabilities and where all are zero.</summary>
    public double[] Scales()
    {
        var columns = _answer.NumberColumns;
        var scales = new double[columns];
        if (_answer.Numbers != NumberKind.Probabilities)
        {
            for (var i = 0; i < _numbers.Count; i++)
            {
                scales[i % columns] = Math.Max(scales[i % columns], Math.Abs(_numbers[i]));
            }

            if (_answer.Numbers != NumberKind.Values && columns > 0)
            {
                // The numbers of classes are compared with each other, so they share one unit.
                Array.Fill(scales, scales.Max());
            }
        }

        return Array.ConvertAll(scales, scale => scale == 0 ? 1 : scale);
    }

    private void ReadLabels(ManifestNode row)
    {
        var classes = signature.Classes!;
        if (signature.Task == ModelTask.OutlierDetection && !row.Element.TryGetProperty("label", out _))
        {
            _labels.Add(-1);
            return;
        }

        if (signature.Task != ModelTask.Multilabel)
        {
            if (row.Member("label") is { } label)
            {
                _labels.Add(ReadLabel(label, classes));
            }

            return;
        }

        if (Find(row, "label", "value") is { } labels)
        {
            foreach (var item in ByTarget(labels))
            {
                _labels.Add(item is null ? -1 : ReadLabel(item, classes));
            }
        }
    }

    private static int ReadLabel(ManifestNode label, ClassLabels classes)
    {
        var index = classes.IndexOfWritten(label.Element);
        if (index < 0)
        {
            label.Fault("Must be one of the manifest's classes.");
        }

        return index;
    }

    private double?[]? ReadNumbers(ManifestNode row)
    {
        switch (_answer.Numbers)
        {
            case NumberKind.Values when _answer.NumberColumns == 1:
                return [row.Member("value")?.Number()];
            case NumberKind.Values:
                return row.Member("value") is { } values ? [.. ByTarget(values).Select(item => item?.Number())] : null;
            case var kind when signature.Task == ModelTask.Multilabel:
                return Find(row, kind == NumberKind.Scores ? "scores" : "probabilities") is { } positives
                    ? [.. ByTarget(positives).Select(item => Check(item is { Kind: JsonValueKind.Array } ? Last(item) : item))]
                    : null;
            case NumberKind.Scores when _answer.NumberColumns == 1:
                var usual = signature.Task == ModelTask.OutlierDetection ? "value" : "score";
                return Find(row, usual, "score", "value", "scores") is { } score ? [ReadSingle(score)] : null;
            case NumberKind.Scores:
                return Find(row, "scores", "probabilities") is { } scores ? ByClass(scores) : null;
            case NumberKind.Distances:
                return Find(row, "distances", "scores") is { } distances ? ByClass(distances) : null;
            default:
                return row.Member("probabilities") is { } probabilities ? ByClass(probabilities) : null;
        }
    }

    /// <summary>The first of the members that the row has; a fault that names the first where it has none.</summary>
    private static ManifestNode? Find(ManifestNode row, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (row.Member(name, required: false) is { } member)
            {
                return member;
            }
        }

        row.FaultMissing(names[0]);
        return null;
    }

    private static ManifestNode? Last(ManifestNode array) =>
        array.IsArray(1, int.MaxValue) ? array[array.Element.GetArrayLength() - 1] : null;

    // Of two scores, the one of the second class is the decision value.
    private double? ReadSingle(ManifestNode node)
    {
        if (node.Kind == JsonValueKind.Array)
        {
            return Last(node)?.Number();
        }

        return node.Kind == JsonValueKind.Object && signature.Classes is { Count: 2 } ? ByClass(node)[1] : node.Number();
    }

    private double? Check(ManifestNode? node)
    {
        // Golden rows are written by people's programs; 1.0000001 is a rounding, and -1.2 another thing.
        const double Rounding = 1e-3;
        var number = node?.Number();
        if (_answer.Numbers == NumberKind.Probabilities && number is < -Rounding or > 1 + Rounding)
        {
            node!.Fault("A probability must be within 0 and 1; name the output of decision values under 'scores' in 'outputs'.");
        }

        return number;
    }

    private ManifestNode?[] ByTarget(ManifestNode node)
    {
        var targets = signature.Targets;
        var items = new ManifestNode?[targets.Count];
        if (node.Kind == JsonValueKind.Object)
        {
            for (var i = 0; i < items.Length; i++)
            {
                items[i] = node.Member(targets[i]);
            }
        }
        else if (node.Kind != JsonValueKind.Array || node.Element.GetArrayLength() != items.Length)
        {
            node.Fault($"Must be an array of {items.Length} items, one for each target in their order, or an object by their names.");
        }
        else
        {
            for (var i = 0; i < items.Length; i++)
            {
                items[i] = node[i];
            }
        }

        return items;
    }

    private double?[] ByClass(ManifestNode node)
    {
        var classes = signature.Classes!;
        var row = new double?[classes.Count];
        if (node.Kind == JsonValueKind.Array && node.Element.GetArrayLength() == row.Length)
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Check(node[i]);
            }

            return row;
        }

        if (node.Kind != JsonValueKind.Object)
        {
            node.Fault("Must be an object with a number for each class.");
            return row;
        }

        // One pass rather than a search for each class, of which there may be thousands.
        foreach (var (name, number) in node.Members())
        {
            if (classes.IndexOfWritten(name) is >= 0 and var index)
            {
                row[index] = Check(number) ?? double.NaN;
            }
        }

        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] is null)
            {
                node.FaultMissing(classes.Names[i]);
            }
        }

        return row;
    }
}
