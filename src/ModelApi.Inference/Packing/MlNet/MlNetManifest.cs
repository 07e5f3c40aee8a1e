using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Scoring.MlNet;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>Infers the manifest of a pipeline's bundle from its schemas and the training rows.</summary>
internal sealed class MlNetManifest
{
    private readonly PackRequest _request;
    private readonly MlNetModel _model;
    private readonly AnswerColumns _answer;
    private readonly IReadOnlyList<DataViewSchema.Column> _needed;
    private readonly Dictionary<string, IReadOnlyList<string>> _sources;
    private readonly ClassLabels? _classes;
    private readonly string _target;

    /// <param name="request">The training rows and what the user says.</param>
    /// <param name="model">The pipeline.</param>
    /// <param name="answer">The columns of its answer.</param>
    /// <param name="notes">Receives what was inferred.</param>
    public MlNetManifest(PackRequest request, MlNetModel model, AnswerColumns answer, List<string> notes)
    {
        (_request, _model, _answer) = (request, model, answer);
        _needed = model.DependenciesOf(answer.All);
        foreach (var column in _needed.Where(column => !InputGetters.CanFeed(column.Type)))
        {
            throw new PackException($"The model reads column '{column.Name}' of type {column.Type}, which no feature can feed.");
        }

        _sources = ColumnMatch.Find(model.InputSchema, _needed, request);
        _classes = answer.FindClasses();
        TargetColumn.ThrowIfMisspelt(request, model, _needed, _sources);
        _target = request.Target ?? TargetColumn.Find(model, _needed, _sources, _classes, request.Reference);
        notes.AddRange(_needed
            .Where(column => _sources[column.Name] is not [var source] || source != column.Name)
            .Select(column => $"{string.Join(", ", _sources[column.Name])} → column '{column.Name}'"));
        var unused = model.InputSchema
            .Where(column => !column.IsHidden && !_needed.Any(needed => needed.Index == column.Index))
            .Select(column => _sources.GetValueOrDefault(column.Name) is [var header] ? header : column.Name)
            .Where(name => name != _target)
            .ToList();
        if (unused.Count > 0)
        {
            notes.Add($"Left out, because the answer does not depend on it: {string.Join(", ", unused)}");
        }
    }

    /// <summary>All but the model, its outputs and the digests.</summary>
    public JsonObject Create(string version)
    {
        var features = DescribeFeatures();
        var names = string.Join(", ", features.Take(10).Select(feature => (string?)feature!["name"]));
        var manifest = new JsonObject
        {
            ["$schema"] = "../../model.schema.json",
            ["name"] = _request.Name,
            ["version"] = version,
            ["description"] = _request.Description ?? $"Predicts {_target} from {names}{(features.Count > 10 ? " and more" : "")}.",
            ["task"] = _answer.Task switch
            {
                ModelTask.Classification => "classification",
                ModelTask.OutlierDetection => "outlier-detection",
                ModelTask.Clustering => "clustering",
                ModelTask.Ranking => "ranking",
                _ => "regression",
            },
            ["target"] = new JsonObject { ["name"] = _target },
        };
        if (_classes is { } classes)
        {
            manifest["classes"] = new JsonArray([.. Enumerable.Range(0, classes.Count).Select(classes.ValueOf)]);
        }

        if (_request.InstancesKey is { } key)
        {
            manifest["instancesKey"] = key;
        }

        // The dictionaries of ML.NET map a text that they do not know to no key.
        manifest["unknownCategory"] = _request.UnknownCategory == UnknownCategory.Reject ? "reject" : "encode-as-missing";
        manifest["features"] = features;
        return manifest;
    }

    /// <summary>The sources of columns that have other names.</summary>
    public JsonObject CreateInputs()
    {
        var inputs = new JsonObject();
        foreach (var column in _needed)
        {
            var sources = _sources[column.Name];
            if (sources is not [var source] || source != column.Name)
            {
                inputs[column.Name] = sources is [var one] ? one : new JsonArray([.. sources.Select(name => JsonValue.Create(name))]);
            }
        }

        return inputs;
    }

    /// <summary>The columns of the answer by their meaning.</summary>
    public JsonObject CreateOutputs(bool areProbabilities)
    {
        var outputs = new JsonObject();
        if (_answer.Label is { } label)
        {
            outputs["label"] = label.Name;
        }

        var key = _answer.Task switch
        {
            ModelTask.Classification => areProbabilities ? "probabilities" : "scores",
            ModelTask.Clustering => "scores",
            _ => "value",
        };
        outputs[key] = _answer.Numbers.Name;
        return outputs;
    }

    /// <summary>The same manifest for a graph in the place of the pipeline.</summary>
    public JsonObject ToGraph(JsonObject manifest, string file)
    {
        var graph = new JsonObject { ["file"] = file };
        if (CreateInputs() is { Count: > 0 } inputs)
        {
            graph["inputs"] = inputs;
        }

        var converted = new JsonObject();
        foreach (var (key, value) in manifest)
        {
            converted[key == "model" ? "graphs" : key] = key == "model" ? new JsonArray(graph) : value?.DeepClone();
        }

        if (!_answer.IsLabelInGraph)
        {
            converted["outputs"]!.AsObject().Remove("label");
        }

        return converted;
    }

    /// <summary>By column of the reference, the columns of the pipeline that it feeds.</summary>
    public IEnumerable<(string Column, string Feed)> Feeds() => _needed
        .SelectMany(needed => _sources[needed.Name].Select(source => (Column: source, needed.Name)))
        .GroupBy(feed => feed.Column)
        .Select(group => (group.Key, $"{string.Join(", ", group.Select(feed => feed.Name))} of model.zip"));

    private JsonArray DescribeFeatures()
    {
        var categories = KeyCategories.Find(_model, _needed);
        var features = new List<(int Place, JsonObject Feature)>();
        foreach (var column in _needed)
        {
            foreach (var source in _sources[column.Name].Where(source => features.All(known => (string?)known.Feature["name"] != source)))
            {
                var cells = _request.Reference.Find(source) ?? throw new PackException($"The reference has no column '{source}'.");
                var feature = Describe(source, column.Type, cells, categories.GetValueOrDefault(column.Name));
                features.Add((_request.Reference.Headers.ToList().IndexOf(source), feature));
            }
        }

        return new JsonArray([.. features.OrderBy(feature => feature.Place).Select(feature => (JsonNode)feature.Feature)]);
    }

    private JsonObject Describe(string name, DataViewType type, string[] cells, IReadOnlyList<string>? categories)
    {
        var isText = InputGetters.IsText(type);
        var feature = FeatureInference.Infer(name, isText, cells, categories, _model.TakesTextsApart);
        if (isText && cells.Contains(""))
        {
            // ML.NET has no missing text but the empty one.
            feature["nullable"] = true;
            feature.Remove("minimumLength");
        }

        var item = InputGetters.ItemOf(type);
        if (!isText && item is not BooleanDataViewType && item.RawType != typeof(float) && item.RawType != typeof(double)
            && (string?)feature["type"] == "number")
        {
            throw new PackException($"The model reads whole numbers from column '{name}', and the reference holds fractions there.");
        }

        if (_request.Features?[name] is JsonObject given)
        {
            foreach (var (key, value) in given)
            {
                feature[key] = value?.DeepClone();
            }
        }

        // The example is the last key, for people who read the manifest.
        var example = feature["example"];
        feature.Remove("example");
        feature["example"] = example;
        return feature;
    }
}
