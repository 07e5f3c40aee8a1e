using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Packing;

/// <summary>Finds out what a model predicts, and which outputs hold it, by comparing the outputs with the golden rows.</summary>
internal sealed class AnswerInference
{
    private const string OutlierDetection = "outlier-detection";

    private readonly PackRequest _request;
    private readonly GoldenFacts _golden;
    private readonly IReadOnlyList<ProbedOutput> _outputs;
    private readonly string _file;
    private readonly ToldOutputs _told;
    private readonly OutputMatching _matching;
    private readonly List<string> _notes = [];

    /// <param name="request">What was told.</param>
    /// <param name="golden">The trainer's answers.</param>
    /// <param name="outputs">What the graph's outputs hold for the same rows.</param>
    /// <param name="file">The name of the graph in messages.</param>
    public AnswerInference(PackRequest request, GoldenFacts golden, IReadOnlyList<ProbedOutput> outputs, string file)
    {
        (_request, _golden, _outputs, _file) = (request, golden, outputs, file);
        _told = new ToldOutputs(_request.Answer, outputs, file);
        _matching = new OutputMatching(_told, outputs, file);
    }

    /// <exception cref="PackException">No output fits an answer, or several do.</exception>
    public Answer Infer()
    {
        var task = _request.Task ?? FindTask();
        var answer = task switch
        {
            "classification" => Classification(),
            "multilabel" => Multilabel(),
            OutlierDetection => Outliers(),
            "clustering" => Clustering(),
            _ => Values(task),
        };
        if (_told.TakeOthers() is { Count: > 0 } others)
        {
            answer.Outputs[ToldOutputs.Others] = new JsonArray([.. others.Select(output => JsonValue.Create(output.Name))]);
        }

        _told.ThrowIfLeft(_golden.Answers[0].Keys);
        _notes.AddRange(UnusedOutputs.Describe(answer, _outputs));
        return answer with { Notes = _notes };
    }

    private string FindTask()
    {
        if (_golden.Has("label"))
        {
            return All("label").All(GoldenItems.AreSeveral) ? "multilabel"
                : _golden.Has("distances") ? "clustering"
                : _golden.Has("value") && _matching.FindSigns() is not null ? OutlierDetection
                : "classification";
        }

        if (_golden.Has("value"))
        {
            var several = All("value").All(GoldenItems.AreSeveral);
            return several && _matching.FindLabels(All("value").Select(GoldenItems.Of).ToList(), 0.9) is not null ? "multilabel"
                : !several && _matching.FindSigns() is not null && _matching.HasFloats ? OutlierDetection
                : "regression";
        }

        throw new PackException(
            "The golden rows hold no 'label' and no 'value'. Write the class that the trainer predicts as 'label', "
            + "or the number as 'value'.");
    }

    private Answer Classification()
    {
        Require("label", "the class that the trainer predicts");
        var labels = All("label").ToList();
        if (labels.Exists(GoldenItems.AreSeveral))
        {
            throw new PackException("The golden 'label' of a classification is one class; of several targets, add --task multilabel.");
        }

        var values = LabelValues.OfGolden(labels);
        var key = _golden.Has("probabilities") ? "probabilities" : _golden.Has("scores") ? "scores" : _golden.Has("score") ? "score"
            : _golden.Has("value") ? "value" : null;
        var classes = FindClasses(values, labels, key);
        var chosen = new JsonObject();
        var numbers = key is null ? null : NumbersOf(key, classes, values);
        ProbedOutput? found = null;
        if (numbers is not null)
        {
            found = _matching.FindNumbers(key!, numbers, numbers[0].Length, isByClass: true);
        }

        var expected = labels.ConvertAll(label => values.Canonical(label)!);
        if (_matching.FindLabel(expected, values, isNeeded: numbers is null) is { } label)
        {
            chosen["label"] = label.Name;
        }

        if (classes is [var alone])
        {
            throw new PackException(
                $"The golden rows and the reference hold one class, '{alone}', and a classifier has two at least: write golden rows of the "
                + "others too, or name all with --classes NAME,NAME in the order of the probabilities.");
        }

        if (found is not null)
        {
            var areProbabilities = key is "probabilities" && GoldenItems.AreProbabilities(numbers!) && found.AreProbabilities;
            chosen[areProbabilities ? "probabilities" : "scores"] = found.Name;
            if (key is "probabilities" && !areProbabilities)
            {
                _notes.Add(
                    "The golden 'probabilities' are not within 0 and 1, or do not sum to 1: decision values, returned as 'scores'.");
            }
        }

        return new Answer
        {
            Task = "classification",
            Outputs = chosen,
            Classes = new JsonArray([.. classes.Select(values.ToJson)]),
            ClassTexts = values.SpellingsOf(classes),
        };
    }

    private List<string> FindClasses(LabelValues values, List<JsonElement> labels, string? key)
    {
        if (_request.Classes is { } told)
        {
            return [.. told.Select(name => values.Canonical(name)
                ?? throw new PackException($"--classes {name}: it is no class of the type of the golden labels."))];
        }

        if (key is not null && _golden.Answers[0][key] is { ValueKind: JsonValueKind.Object } byClass)
        {
            return [.. byClass.EnumerateObject().Select(member => values.Canonical(member.Name) ?? throw new PackException(
                $"The golden '{key}' have the key '{member.Name}', which is no class of the type of the golden labels."))];
        }

        var seen = labels.Select(label => values.Canonical(label)!).ToHashSet(StringComparer.Ordinal);
        foreach (var header in _request.Reference.Headers.Where(header => !_golden.Features.Contains(header)))
        {
            // The training rows may have classes that no golden row has.
            var cells = _request.Reference.Find(header)!.Select(values.Canonical).ToHashSet(StringComparer.Ordinal);
            if (!cells.Contains(null) && seen.IsSubsetOf(cells!))
            {
                return [.. values.InOrder(cells!)];
            }
        }

        return [.. values.InOrder(seen)];
    }

    // The trainer's numbers, row by row, in the order of the classes.
    private List<double[]> NumbersOf(string key, List<string> classes, LabelValues values) => [.. All(key).Select((numbers, row) =>
    {
        if (numbers.ValueKind == JsonValueKind.Number)
        {
            return [numbers.GetDouble()];
        }

        if (numbers.ValueKind == JsonValueKind.Array)
        {
            return numbers.EnumerateArray().Select(number => GoldenItems.Number(number, key, row)).ToArray();
        }

        var byClass = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var member in numbers.ValueKind == JsonValueKind.Object ? numbers.EnumerateObject() : default)
        {
            byClass[values.Canonical(member.Name) ?? member.Name] = GoldenItems.Number(member.Value, key, row);
        }

        return classes.Select(name => byClass.TryGetValue(name, out var number) ? number : throw new PackException(
            $"Golden row {row + 1}: '{key}' has no '{name}'; each class must have a number.")).ToArray();
    })];

    private Answer Multilabel()
    {
        var key = _golden.Has("label") ? "label" : "value";
        Require(key, "the label of each target, as an array or an object");
        var names = NamesOf(key);
        var rows = All(key).Select(GoldenItems.Of).ToList();
        var labels = _matching.Told("label") ?? _matching.FindLabels(rows, 0)
            ?? throw _matching.NoneFits("label", $"{rows[0].Length} labels for each row");
        var chosen = new JsonObject { ["label"] = labels.Name };
        if ((_golden.Has("probabilities") ? "probabilities" : _golden.Has("scores") ? "scores" : null) is { } part)
        {
            // Of two probabilities for a target, the last is that of the positive class.
            var numbers = All(part).Select((items, row) => GoldenItems.Of(items)
                .Select(item => GoldenItems.Number(
                    item.ValueKind == JsonValueKind.Array ? GoldenItems.Of(item)[^1] : item, part, row))
                .ToArray()).ToList();
            var seconds = new OutputMatching(_told, [.. _outputs.Select(output => output.SecondOfTargets(rows[0].Length))], _file);
            chosen[part] = seconds.FindNumbers(part, numbers, rows[0].Length).Name;
        }

        var values = LabelValues.OfGolden(rows.SelectMany(row => row));
        var seen = rows.SelectMany(row => row).Select(item => values.Canonical(item)!).Distinct().ToList();
        return new Answer
        {
            Task = "multilabel",
            Outputs = chosen,
            Classes = seen.TrueForAll(label => label is "0" or "1")
                ? null
                : new JsonArray([.. values.InOrder(seen).Select(values.ToJson)]),
            Targets = rows[0].Length,
            TargetNames = names,
        };
    }

    private Answer Outliers()
    {
        var chosen = new JsonObject();
        if ((_matching.Told("label") ?? _matching.FindSigns()) is { } label)
        {
            chosen["label"] = label.Name;
        }

        var key = _golden.Has("value") ? "value" : _golden.Has("score") ? "score" : null;
        if (key is not null)
        {
            var numbers = All(key).Select((number, row) => new[] { GoldenItems.Number(number, key, row) }).ToList();
            chosen["value"] = _matching.FindNumbers(key, numbers, 1, "value").Name;
        }

        return new Answer { Task = OutlierDetection, Outputs = chosen };
    }

    private Answer Clustering()
    {
        Require("label", "the cluster of the row");
        var labels = All("label").ToList();
        var values = LabelValues.OfGolden(labels);
        var key = _golden.Has("distances") ? "distances" : _golden.Has("scores") ? "scores" : null;
        var classes = FindClasses(values, labels, key);
        var chosen = new JsonObject();
        if (_matching.FindLabel(labels.ConvertAll(label => values.Canonical(label)!), values, isNeeded: true) is { } label)
        {
            chosen["label"] = label.Name;
        }

        if (key is not null)
        {
            chosen["scores"] = _matching.FindNumbers(key, NumbersOf(key, classes, values), classes.Count, "scores").Name;
        }

        return new Answer { Task = "clustering", Outputs = chosen, Classes = new JsonArray([.. classes.Select(values.ToJson)]) };
    }

    private Answer Values(string task)
    {
        Require("value", "the number that the trainer predicts");
        var rows = All("value").Select((value, row) => GoldenItems.AreSeveral(value)
            ? GoldenItems.Of(value).Select(item => GoldenItems.Number(item, "value", row)).ToArray()
            : [GoldenItems.Number(value, "value", row)]).ToList();
        return new Answer
        {
            Task = task,
            Outputs = new JsonObject { ["value"] = _matching.FindNumbers("value", rows, rows[0].Length).Name },
            Targets = rows[0].Length,
            TargetNames = NamesOf("value"),
        };
    }

    private List<string>? NamesOf(string key) => _golden.Answers[0][key] is { ValueKind: JsonValueKind.Object } named
        ? [.. named.EnumerateObject().Select(member => member.Name)]
        : null;

    private void Require(string key, string what)
    {
        if (!_golden.Has(key))
        {
            throw new PackException($"The golden rows hold no '{key}'. Write {what} as '{key}'.");
        }
    }

    private IEnumerable<JsonElement> All(string key) => _golden.Answers.Select(answer => answer[key]);
}
