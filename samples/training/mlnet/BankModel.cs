using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;

namespace MlNetTraining;

/// <summary>Will a client of a bank subscribe a term deposit? Boosted trees over one-hot encoded categories.</summary>
internal static class BankModel
{
    private const string Target = "y";

    private static readonly string[] Categories = ["job", "marital", "education", "housing"];
    private static readonly string[] Numbers = ["age", "balance", "duration", "campaign"];

    public static Trained Train(Arguments arguments)
    {
        var ml = new MLContext(seed: 42);

        // The columns keep the names of the file: clients send them, and the reference has them.
        var rows = ml.Data.LoadFromTextFile(arguments.Data, new TextLoader.Options
        {
            HasHeader = true,
            Separators = [';'],
            AllowQuoting = true,
            Columns =
            [
                new("age", DataKind.Single, 0),
                new("job", DataKind.String, 1),
                new("marital", DataKind.String, 2),
                new("education", DataKind.String, 3),
                new("balance", DataKind.Single, 5),
                new("housing", DataKind.String, 6),
                new("duration", DataKind.Single, 11),
                new("campaign", DataKind.Single, 12),
                new(Target, DataKind.Boolean, 16),
            ],
        });
        var split = ml.Data.TrainTestSplit(rows, testFraction: 0.2);
        var options = new FastTreeBinaryTrainer.Options
        {
            LabelColumnName = Target,
            NumberOfTrees = 100,
            NumberOfLeaves = 20,
            MinimumExampleCountPerLeaf = 10,
            LearningRate = 0.2,
        };
        var pipeline = ml.Transforms.Categorical
            .OneHotEncoding([.. Categories.Select(name => new InputOutputColumnPair($"{name}_code", name))])
            .Append(ml.Transforms.Concatenate("Features", [.. Categories.Select(name => $"{name}_code"), .. Numbers]))
            .Append(ml.BinaryClassification.Trainers.FastTree(options));
        var model = pipeline.Fit(split.TrainSet);
        var metrics = ml.BinaryClassification.Evaluate(model.Transform(split.TestSet), labelColumnName: Target);
        return new Trained
        {
            Context = ml,
            Name = "bank-mlnet",
            Description = "Will a client of a bank subscribe a term deposit? ML.NET FastTree on the UCI Bank Marketing data "
                + "(Moro, Cortez, Rita 2014).",
            Model = model,
            Train = split.TrainSet,
            Target = Target,
            Performance = new
            {
                accuracy = metrics.Accuracy,
                precision = metrics.PositivePrecision,
                recall = metrics.PositiveRecall,
                f1 = metrics.F1Score,
                roc_auc = metrics.AreaUnderRocCurve,

                // ML.NET counts in bits.
                log_loss = metrics.LogLoss * Math.Log(2),
            },
            Hyperparameters = new
            {
                algorithm = "Microsoft.ML.Trainers.FastTree.FastTreeBinaryTrainer",
                options.NumberOfTrees,
                options.NumberOfLeaves,
                options.MinimumExampleCountPerLeaf,
                options.LearningRate,
                encoder = "OneHotEncoding of the categories; the numbers as they are",
                testFraction = 0.2,
                seed = 42,
                mlNet = Trained.Version,
            },
            Features = new Dictionary<string, object>
            {
                ["age"] = new { description = "Age of the client, in years", example = 41 },
                ["job"] = new { description = "Kind of job", example = "management" },
                ["marital"] = new { description = "Marital status; divorced includes widowed", example = "married" },
                ["education"] = new { description = "Highest level of education", example = "tertiary" },
                ["balance"] = new { description = "Average yearly balance of the account, in euros", example = 1506 },
                ["housing"] = new { description = "Whether the client has a housing loan", example = "yes" },
                ["duration"] = new { description = "Length of the last call, in seconds; known only after the call", example = 261 },
                ["campaign"] = new { description = "Number of calls to this client in this campaign, the last one included", example = 1 },
            },
        };
    }
}
