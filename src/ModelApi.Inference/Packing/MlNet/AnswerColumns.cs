using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Scoring.MlNet;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>The columns in which a pipeline answers, and what kind of model it is.</summary>
/// <param name="Task">What it predicts.</param>
/// <param name="Label">The predicted class; null for numbers alone.</param>
/// <param name="Numbers">The probability of the second class, or the scores.</param>
/// <param name="AreProbabilities">Whether the numbers are a calibrated probability. Those of several classes are looked at.</param>
internal sealed record AnswerColumns(
    ModelTask Task, DataViewSchema.Column? Label, DataViewSchema.Column Numbers, bool AreProbabilities)
{
    private const string ScoreColumn = "Score";
    private const string LabelColumn = "PredictedLabel";
    private const string ProbabilityColumn = "Probability";

    /// <summary>The columns that are there.</summary>
    public IReadOnlyList<DataViewSchema.Column> All => Label is { } label ? [label, Numbers] : [Numbers];

    /// <summary>The names of those that a graph must answer.</summary>
    public IReadOnlyList<string> NamesInGraph => IsLabelInGraph ? [Label!.Value.Name, Numbers.Name] : [Numbers.Name];

    /// <summary>
    /// Whether a graph must answer the label. With scores for each class or cluster it follows from them, and graphs give a key as its
    /// number, some from 1 and some from 0.
    /// </summary>
    public bool IsLabelInGraph => Label is not null && Numbers.Type is not VectorDataViewType;

    /// <summary>Finds them by what ML.NET notes on the columns of a trainer.</summary>
    /// <exception cref="PackException">The pipeline has no trainer, or one whose answer cannot be served.</exception>
    public static AnswerColumns Find(MlNetModel model)
    {
        if (FindNoted(model, ScoreColumn) is not { } score || ReadNote(score, "ScoreColumnKind") is not { } kind)
        {
            throw new PackException(
                "The pipeline has no column of scores: it ends without a trainer. Append one, fit it and save it again.");
        }

        var label = model.Find(LabelColumn) ?? FindNoted(model, LabelColumn);
        return kind switch
        {
            "BinaryClassification" when FindNoted(model, ProbabilityColumn) is { } probability =>
                new AnswerColumns(ModelTask.Classification, label, probability, AreProbabilities: true),
            "BinaryClassification" or "MulticlassClassification" =>
                new AnswerColumns(ModelTask.Classification, label, score, AreProbabilities: false),
            "Regression" or "Recommender" => new AnswerColumns(ModelTask.Regression, null, score, AreProbabilities: false),
            "Ranking" => new AnswerColumns(ModelTask.Ranking, null, score, AreProbabilities: false),
            "Clustering" => new AnswerColumns(ModelTask.Clustering, label, score, AreProbabilities: false),
            "AnomalyDetection" => new AnswerColumns(ModelTask.OutlierDetection, label, score, AreProbabilities: false),
            _ => throw new PackException($"Its trainer answers with {kind}, which is not served. Export the model to ONNX."),
        };
    }

    /// <summary>The classes in the order of the scores, as JSON would hold them.</summary>
    /// <returns>Null where numbers are predicted, and for outliers, whose classes are the usual ones.</returns>
    /// <exception cref="PackException">The label and the scores do not tell the classes.</exception>
    public ClassLabels? FindClasses()
    {
        if (Task == ModelTask.OutlierDetection || Label is not { } label)
        {
            return null;
        }

        if (label.Type is BooleanDataViewType)
        {
            return ClassLabels.OfBooleans([false, true]);
        }

        var count = Numbers.Type is VectorDataViewType vector ? vector.Size : 2;
        var names = LabelReader.ReadTexts(Numbers, "TrainingLabelValues") ?? LabelReader.ReadTexts(Numbers, "SlotNames")
            ?? LabelReader.KeyTexts(label);
        if (names is null || names.Count != count)
        {
            return label.Type is KeyDataViewType
                ? new ClassLabels([.. Enumerable.Range(1, count).Select(key => (long)key)])
                : throw new PackException($"The classes of column '{label.Name}' are not named in the model; end it with MapKeyToValue.");
        }

        var isText = label.Type is TextDataViewType || (label.Type is KeyDataViewType && !AreWhole(names));
        return isText ? new ClassLabels(names)
            : AreWhole(names) ? new ClassLabels([.. names.Select(name => long.Parse(name, null))])
            : ClassLabels.OfNumbers([.. names.Select(name => double.Parse(name, null))]);
    }

    private static bool AreWhole(IReadOnlyList<string> names) => names.All(name => long.TryParse(name, out _));

    // A trainer's column is the last that is so noted; steps after it may have given it another name.
    private static DataViewSchema.Column? FindNoted(MlNetModel model, string kind)
    {
        DataViewSchema.Column? found = null;
        foreach (var column in model.OutputSchema.Where(column => !column.IsHidden && ReadNote(column, "ScoreValueKind") == kind))
        {
            found = column;
        }

        return found;
    }

    private static string? ReadNote(DataViewSchema.Column column, string annotation)
    {
        if (column.Annotations.Schema.GetColumnOrNull(annotation)?.Type is not TextDataViewType)
        {
            return null;
        }

        var text = default(ReadOnlyMemory<char>);
        column.Annotations.GetValue(annotation, ref text);
        return text.ToString();
    }
}
