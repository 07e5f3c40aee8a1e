using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Packing;

/// <summary>Finds out what a model predicts, and which outputs hold it, by comparing the outputs with the golden rows.</summary>
/// <param name="request">What was told.</param>
/// <param name="golden">The trainer's answers.</param>
/// <param name="outputs">What the graph's outputs hold for the same rows.</param>
/// <param name="file">The name of the graph in messages.</param>
internal sealed class AnswerInference(PackRequest request, GoldenFacts golden, IReadOnlyList<ProbedOutput> outputs, string file)
{
    private const string OutlierDetection = "outlier-detection";

    // Decision values of ten thousandths more than 1 are decision values; a trainer's probabilities sum to 1 but for roundings.
    private const double ProbabilityRounding = 1e-3;

    private readonly OutputMatching _matching = new(request, outputs, file);
    private readonly List<string> _notes = [];

    /// <exception cref="PackException">No output fits an answer, or several do.</exception>
    public Answer Infer()
    {
        var task = request.Task ?? FindTask();
        var answer = task switch
        {
            "classification" => Classification(),
            "multilabel" => Multilabel(),
            OutlierDetection => Outliers(),
            "clustering" => Clustering(),
            _ => Values(task),
        };
        if (request.Answer.GetValueOrDefault("others") is { } others)
        {
            answer.Outputs["others"] = new JsonArray([.. others.Select(name => JsonValue.Create(_matching.Named(name).Name))]);
        }

        var named = answer.Outputs.SelectMany(output =>
            output.Value is JsonArray list ? list.Select(item => (string?)item) : [(string?)output.Value]);
        var left = outputs.Select(output => output.Name).Except(named).ToList();
        if (left.Count > 0)
        {
            _notes.Add(
                $"Not returned: {InputMatching.Quote(left!)}. The golden rows hold no such answer; "
                + $"to return {(left.Count == 1 ? "it" : "them")} as {(left.Count == 1 ? "it is" : "they are")}, "
                + $"add --answer others={string.Join(',', left)}.");
        }

        return answer with { Notes = _notes };
    }

    private string FindTask()
    {
        if (golden.Has("label"))
        {
            return All("label").All(IsSeveral) ? "multilabel"
                : golden.Has("distances") ? "clustering"
                : golden.Has("value") && _matching.FindSigns() is not null ? OutlierDetection
                : "classification";
        }

        if (golden.Has("value"))
        {
            var several = All("value").All(IsSeveral);
            return several && _matching.FindLabels(All("value").Select(Items).ToList()) is not null ? "multilabel"
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
        if (labels.Exists(IsSeveral))
        {
            throw new PackException("The golden 'label' of a classification is one class; of several targets, add --task multilabel.");
        }

        var values = LabelValues.OfGolden(labels);
        var key = golden.Has("probabilities") ? "probabilities" : golden.Has("scores") ? "scores" : golden.Has("score") ? "score"
            : golden.Has("value") ? "value" : null;
        var classes = FindClasses(values, labels, key);
        var chosen = new JsonObject();
        var numbers = key is null ? null : NumbersOf(key, classes, values);
        ProbedOutput? found = null;
        if (numbers is not null)
        {
            found = _matching.FindNumbers(key!, numbers, numbers[0].Length);
        }

        var expected = labels.ConvertAll(label => values.Canonical(label)!);
        if (_matching.FindLabel(expected, values, isNeeded: numbers is null) is { } label)
        {
            chosen["label"] = label.Name;
        }

        if (found is not null)
        {
            var areProbabilities = key is "probabilities" && AreProbabilities(numbers!) && AreProbabilities(found);
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
        if (request.Classes is { } told)
        {
            return [.. told.Select(name => values.Canonical(name)
                ?? throw new PackException($"--classes {name}: it is no class of the type of the golden labels."))];
        }

        if (key is not null && golden.Answers[0][key] is { ValueKind: JsonValueKind.Object } byClass)
        {
            return [.. byClass.EnumerateObject().Select(member => values.Canonical(member.Name) ?? throw new PackException(
                $"The golden '{key}' have the key '{member.Name}', which is no class of the type of the golden labels."))];
        }

        var seen = labels.Select(label => values.Canonical(label)!).ToHashSet(StringComparer.Ordinal);
        foreach (var header in request.Reference.Headers.Where(header => !golden.Features.Contains(header)))
        {
            // The training rows may have classes that no golden row has.
            var cells = request.Reference.Find(header)!.Select(values.Canonical).ToHashSet(StringComparer.Ordinal);
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
            return numbers.EnumerateArray().Select(number => Number(number, key, row)).ToArray();
        }

        var byClass = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var member in numbers.ValueKind == JsonValueKind.Object ? numbers.EnumerateObject() : default)
        {
            byClass[values.Canonical(member.Name) ?? member.Name] = Number(member.Value, key, row);
        }

        return classes.Select(name => byClass.TryGetValue(name, out var number) ? number : throw new PackException(
            $"Golden row {row + 1}: '{key}' has no '{name}'; each class must have a number.")).ToArray();
    })];

    private Answer Multilabel()
    {
        var key = golden.Has("label") ? "label" : "value";
        Require(key, "the label of each target, as an array or an object");
        var names = NamesOf(key);
        var rows = All(key).Select(Items).ToList();
        var labels = _matching.Told("label") ?? _matching.FindLabels(rows)
            ?? throw _matching.NoneFits("label", "the labels of the golden rows");
        var chosen = new JsonObject { ["label"] = labels.Name };
        if (golden.Has("probabilities"))
        {
            // Of two probabilities for a target, the last is that of the positive class.
            var numbers = All("probabilities").Select((items, row) => Items(items)
                .Select(item => Number(item.ValueKind == JsonValueKind.Array ? Items(item)[^1] : item, "probabilities", row))
                .ToArray()).ToList();
            chosen["probabilities"] = _matching.FindNumbers("probabilities", numbers, rows[0].Length).Name;
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

        var key = golden.Has("value") ? "value" : golden.Has("score") ? "score" : null;
        if (key is not null)
        {
            var numbers = All(key).Select((number, row) => new[] { Number(number, key, row) }).ToList();
            chosen["value"] = _matching.FindNumbers(key, numbers, 1, "value").Name;
        }

        return new Answer { Task = OutlierDetection, Outputs = chosen };
    }

    private Answer Clustering()
    {
        Require("label", "the cluster of the row");
        var labels = All("label").ToList();
        var values = LabelValues.OfGolden(labels);
        var key = golden.Has("distances") ? "distances" : golden.Has("scores") ? "scores" : null;
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
        var rows = All("value").Select((value, row) => IsSeveral(value)
            ? Items(value).Select(item => Number(item, "value", row)).ToArray()
            : [Number(value, "value", row)]).ToList();
        return new Answer
        {
            Task = task,
            Outputs = new JsonObject { ["value"] = _matching.FindNumbers("value", rows, rows[0].Length).Name },
            Targets = rows[0].Length,
            TargetNames = NamesOf("value"),
        };
    }

    private List<string>? NamesOf(string key) => golden.Answers[0][key] is { ValueKind: JsonValueKind.Object } named
        ? [.. named.EnumerateObject().Select(member => member.Name)]
        : null;

    private void Require(string key, string what)
    {
        if (!golden.Has(key))
        {
            throw new PackException($"The golden rows hold no '{key}'. Write {what} as '{key}'.");
        }
    }

    private IEnumerable<JsonElement> All(string key) => golden.Answers.Select(answer => answer[key]);

    private static bool IsSeveral(JsonElement element) => element.ValueKind is JsonValueKind.Array or JsonValueKind.Object;

    private static JsonElement[] Items(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => [.. element.EnumerateArray()],
        JsonValueKind.Object => [.. element.EnumerateObject().Select(member => member.Value)],
        _ => [element],
    };

    private static double Number(JsonElement element, string key, int row) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new PackException($"Golden row {row + 1}: '{key}' holds something that is no finite number.");

    private static bool AreProbabilities(List<double[]> rows) => rows.TrueForAll(row =>
        Array.TrueForAll(row, number => number is >= -ProbabilityRounding and <= 1 + ProbabilityRounding)
            && (row.Length == 1 || Math.Abs(row.Sum() - 1) <= ProbabilityRounding));

    private static bool AreProbabilities(ProbedOutput output) => AreProbabilities([.. output.Numbers!.Chunk(output.Columns)]);
}
