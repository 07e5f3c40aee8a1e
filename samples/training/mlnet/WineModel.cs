using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

namespace MlNetTraining;

/// <summary>How do tasters rate a wine? LightGBM over several classes, which are whole numbers.</summary>
internal static class WineModel
{
    private const string Target = "quality";

    private static readonly string[] Numbers =
    [
        "fixed_acidity", "volatile_acidity", "citric_acid", "residual_sugar", "chlorides", "free_sulfur_dioxide",
        "total_sulfur_dioxide", "density", "pH", "sulphates", "alcohol",
    ];

    public static Trained Train(Arguments arguments)
    {
        var ml = new MLContext(seed: 42);
        var split = ml.Data.TrainTestSplit(Read(ml, arguments.Data), testFraction: 0.2);
        var options = new LightGbmMulticlassTrainer.Options
        {
            LabelColumnName = "Label",
            NumberOfIterations = 40,
            NumberOfLeaves = 20,
            LearningRate = 0.1,
            Seed = 42,
            Deterministic = true,
            NumberOfThreads = 1,
        };
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", Target)
            .Append(ml.Transforms.Categorical.OneHotEncoding("type_code", "type"))
            .Append(ml.Transforms.Concatenate("Features", ["type_code", .. Numbers]))
            .Append(ml.MulticlassClassification.Trainers.LightGbm(options))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = pipeline.Fit(split.TrainSet);
        var metrics = ml.MulticlassClassification.Evaluate(model.Transform(split.TestSet));
        return new Trained
        {
            Context = ml,
            Name = "wine-mlnet",
            Description = "How do tasters rate a wine, from 3 to 9? ML.NET LightGBM on the UCI Wine Quality data (Cortez and others 2009).",
            Model = model,
            Train = split.TrainSet,
            Target = Target,
            Performance = new
            {
                accuracy = metrics.MicroAccuracy,
                macro_recall = metrics.MacroAccuracy,
                log_loss = metrics.LogLoss,
            },
            Hyperparameters = new
            {
                algorithm = "Microsoft.ML.Trainers.LightGbm.LightGbmMulticlassTrainer",
                options.NumberOfIterations,
                options.NumberOfLeaves,
                options.LearningRate,
                testFraction = 0.2,
                seed = 42,
                mlNet = Trained.Version,
            },
            Features = new Dictionary<string, object> { ["type"] = new { description = "Red or white wine", example = "white" } },
        };
    }

    /// <summary>Both files, with the kind of the wine as a further column. Some copies have commas and no header.</summary>
    private static IDataView Read(MLContext ml, string folder)
    {
        var rows = new List<WineRow>();
        foreach (var kind in new[] { "red", "white" })
        {
            var path = Path.Combine(folder, $"winequality-{kind}.csv");
            var hasHeader = File.ReadLines(path).First().Contains(';', StringComparison.Ordinal);
            var view = ml.Data.LoadFromTextFile(path, new TextLoader.Options
            {
                HasHeader = hasHeader,
                Separators = [hasHeader ? ';' : ','],
                Columns = [.. Numbers.Append(Target).Select((name, index) => new TextLoader.Column(name, DataKind.Single, index))],
            });
            rows.AddRange(ml.Data.CreateEnumerable<WineRow>(view, reuseRowObject: false, ignoreMissingColumns: true)
                .Select(row => row with { type = kind }));
        }

        return ml.Data.LoadFromEnumerable(rows);
    }
}
