using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.MlNet;

/// <summary>Connects the features of a bundle with the columns of its ML.NET model, and reports what does not fit.</summary>
internal sealed class MlNetPlan
{
    private readonly BundleFaults _faults = new();
    private readonly BundleManifest _manifest;
    private readonly ModelManifest _place;
    private readonly MlNetModel _model;

    private MlNetPlan(BundleManifest manifest, ModelManifest place, MlNetModel model)
    {
        _manifest = manifest;
        _place = place;
        _model = model;
        var outputs = manifest.Outputs;
        Label = outputs.Label is { } label ? FindColumn("label", label) : null;
        Numbers = outputs.Numbers is { } numbers ? FindNumbers(numbers.Key, numbers.Name) : null;
        var answers = new[] { Label, Numbers }.OfType<DataViewSchema.Column>().ToList();
        if (outputs.Others.Count > 0)
        {
            Fault("$.outputs.others", "An ML.NET model answers with its label and its scores; leave the key out.");
        }

        if (Label is { } column && LabelReader.FindFault(column, manifest.Signature) is { } fault)
        {
            Fault("$.outputs.label", fault);
        }

        Answers = answers;
        Sources = ConnectInputs(answers);
    }

    /// <summary>The column that holds the label, if there is one.</summary>
    public DataViewSchema.Column? Label { get; }

    /// <summary>The column that holds probabilities, scores, distances or values, if there is one.</summary>
    public DataViewSchema.Column? Numbers { get; }

    /// <summary>Both.</summary>
    public IReadOnlyList<DataViewSchema.Column> Answers { get; }

    /// <summary>By column of the input, the features that feed it; empty for a column that no answer needs.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Sources { get; }

    /// <exception cref="BundleException">The manifest does not fit the model.</exception>
    public static MlNetPlan Connect(BundleManifest manifest, ModelManifest place, MlNetModel model)
    {
        var plan = new MlNetPlan(manifest, place, model);
        return plan._faults.Count == 0 ? plan : throw new BundleException(plan._faults);
    }

    private DataViewSchema.Column? FindColumn(string key, string name)
    {
        if (_model.Find(name) is { } column)
        {
            return column;
        }

        var known = string.Join(", ", _model.OutputSchema.Where(column => !column.IsHidden).Select(column => $"'{column.Name}'").Take(20));
        Fault($"$.outputs.{key}", $"The model has no column '{name}'; it has {known}.");
        return null;
    }

    private DataViewSchema.Column? FindNumbers(string key, string name)
    {
        if (FindColumn(key, name) is not { } column)
        {
            return null;
        }

        var columns = _manifest.Signature.Answer.NumberColumns;
        var fits = column.Type is VectorDataViewType vector
            ? vector.ItemType == NumberDataViewType.Single && vector.Size == columns
            : column.Type == NumberDataViewType.Single && columns is 1 or 2;
        if (!fits)
        {
            Fault($"$.outputs.{key}", $"Must hold {columns} numbers for a row, but '{name}' is {column.Type}.");
        }

        return column;
    }

    private List<IReadOnlyList<int>> ConnectInputs(IReadOnlyList<DataViewSchema.Column> answers)
    {
        var needed = _model.DependenciesOf(answers).Select(column => column.Index).ToHashSet();
        var names = _model.InputSchema.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in _place.Inputs.Keys.Where(name => !names.Contains(name)))
        {
            Fault($"$.model.inputs.{name}", "The model has no such column.");
        }

        return [.. _model.InputSchema.Select(column => needed.Contains(column.Index) ? ConnectInput(column) : [])];
    }

    private List<int> ConnectInput(DataViewSchema.Column column)
    {
        var path = $"$.model.inputs.{column.Name}";
        var sources = _place.Inputs.GetValueOrDefault(column.Name) ?? [column.Name];
        var count = column.Type is VectorDataViewType vector ? vector.Size : 1;
        if (!InputGetters.CanFeed(column.Type) || sources.Count != count)
        {
            Fault(path, InputGetters.CanFeed(column.Type)
                ? $"Takes {count} values, but {sources.Count} features feed it; name {count} in 'inputs' of 'model'."
                : $"Is {column.Type}, which no feature can feed.");
            return [];
        }

        var features = new List<int>();
        foreach (var source in sources)
        {
            var feature = _manifest.Signature.IndexOf(source);
            if (feature < 0)
            {
                var meant = NearestName.Find(source, _manifest.Signature.Features.Select(known => known.Name));
                Fault(path, $"No feature is called '{source}'{(meant is null ? "." : $"; did you mean '{meant}'?")}");
            }
            else if (InputGetters.IsText(column.Type) != (_manifest.Signature.Features[feature].Type == FeatureType.String))
            {
                var type = _manifest.Signature.Features[feature].Type.ToString().ToLowerInvariant();
                Fault(path, $"Takes {column.Type}, but feature '{source}' is of type {type}.");
            }
            else
            {
                features.Add(feature);
            }
        }

        return features;
    }

    private void Fault(string path, string message) => _faults.Add(new BundleFault(ManifestReader.FileName, path, message));
}
