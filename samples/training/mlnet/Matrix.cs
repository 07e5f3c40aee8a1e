using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetTraining;

/// <summary>Trains one model of each kind on made-up rows: the rows of ML.NET in docs/models.md.</summary>
/// <remarks>Each has a folder with <c>model.zip</c>, <c>train.csv</c>, and <c>arguments.txt</c> for <c>modelapi pack</c>.</remarks>
internal static class Matrix
{
    private const int Rows = 600;

    private static readonly string[] Words = ["bread", "soup", "goal", "team", "court", "vote", "city", "match", "salt", "law"];
    private static readonly string[] Jobs = ["clerk", "cook", "nurse", "pilot"];

    public static void WriteTo(string folder)
    {
        var ml = new MLContext(seed: 1);
        var rows = Enumerable.Range(0, Rows).Select(_ => new MatrixRow()).ToList();
        Fill(rows, new Random(1));
        var data = ml.Data.LoadFromEnumerable(rows);
        foreach (var (name, target, estimator) in Kinds(ml))
        {
            var place = Path.Combine(folder, name);
            Directory.CreateDirectory(place);
            ml.Model.Save(estimator.Fit(data), data.Schema, Path.Combine(place, "model.zip"));
            File.WriteAllLines(Path.Combine(place, "train.csv"), rows.Select(Line).Prepend(
                "Age,Income,Days,Job,Note,Yes,Size,Amount,Group,Relevance"));
            File.WriteAllText(Path.Combine(place, "arguments.txt"), target is null ? "" : $"--target {target}");
        }
    }

    private static IEnumerable<(string Name, string? Target, IEstimator<ITransformer> Estimator)> Kinds(MLContext ml)
    {
        var numbers = Features(ml);
        var scaled = numbers.Append(ml.Transforms.NormalizeMinMax("Features"));
        var binary = ml.BinaryClassification.Trainers;
        yield return ("binary-fast-tree", "Yes", numbers.Append(binary.FastTree("Yes", numberOfTrees: 20)));
        yield return ("binary-fast-forest", "Yes", numbers.Append(binary.FastForest("Yes", numberOfTrees: 20)));
        yield return ("binary-light-gbm", "Yes", numbers.Append(binary.LightGbm("Yes", numberOfIterations: 20)));
        yield return ("binary-sdca", "Yes", scaled.Append(binary.SdcaLogisticRegression("Yes")));
        yield return ("binary-lbfgs", "Yes", scaled.Append(binary.LbfgsLogisticRegression("Yes")));
        yield return ("binary-averaged-perceptron", "Yes", scaled.Append(binary.AveragedPerceptron("Yes")));
        yield return ("binary-linear-svm", "Yes", scaled.Append(binary.LinearSvm("Yes")));
        yield return ("binary-sgd-calibrated", "Yes", scaled.Append(binary.SgdCalibrated("Yes")));
        yield return ("binary-gam", "Yes", numbers.Append(binary.Gam("Yes", numberOfIterations: 50)));
        yield return ("binary-factorization-machine", "Yes", scaled.Append(binary.FieldAwareFactorizationMachine("Features", "Yes")));

        var several = ml.MulticlassClassification.Trainers;
        IEstimator<ITransformer> OfSize(IEstimator<ITransformer> features, IEstimator<ITransformer> trainer) =>
            ml.Transforms.Conversion.MapValueToKey("SizeKey", "Size").Append(features).Append(trainer)
                .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        yield return ("classes-sdca", "Size", OfSize(scaled, several.SdcaMaximumEntropy("SizeKey")));
        yield return ("classes-lbfgs", "Size", OfSize(scaled, several.LbfgsMaximumEntropy("SizeKey")));
        yield return ("classes-light-gbm", "Size", OfSize(numbers, several.LightGbm("SizeKey", numberOfIterations: 20)));
        yield return ("classes-naive-bayes", "Size", OfSize(scaled, several.NaiveBayes("SizeKey")));
        var eachAlone = several.OneVersusAll(binary.AveragedPerceptron("SizeKey"), "SizeKey");
        yield return ("classes-one-versus-all", "Size", OfSize(scaled, eachAlone));

        var regression = ml.Regression.Trainers;
        yield return ("regression-fast-tree", "Amount", numbers.Append(regression.FastTree("Amount", numberOfTrees: 20)));
        yield return ("regression-fast-forest", "Amount", numbers.Append(regression.FastForest("Amount", numberOfTrees: 20)));
        yield return ("regression-tweedie", "Amount", numbers.Append(regression.FastTreeTweedie("Amount", numberOfTrees: 20)));
        yield return ("regression-light-gbm", "Amount", numbers.Append(regression.LightGbm("Amount", numberOfIterations: 20)));
        yield return ("regression-sdca", "Amount", scaled.Append(regression.Sdca("Amount")));
        yield return ("regression-online-gradient-descent", "Amount", scaled.Append(regression.OnlineGradientDescent("Amount")));
        yield return ("regression-poisson", "Amount", scaled.Append(regression.LbfgsPoissonRegression("Amount")));
        yield return ("regression-gam", "Amount", numbers.Append(regression.Gam("Amount", numberOfIterations: 50)));

        var groups = ml.Transforms.Conversion.MapValueToKey("GroupKey", "Group")
            .Append(ml.Transforms.Conversion.MapValueToKey("RelevanceKey", "Relevance")).Append(numbers);
        var ranking = ml.Ranking.Trainers;
        yield return ("ranking-fast-tree", "Relevance", groups.Append(ranking.FastTree("RelevanceKey", "Features", "GroupKey")));
        yield return ("ranking-light-gbm", "Relevance", groups.Append(ranking.LightGbm("RelevanceKey", "Features", "GroupKey")));
        yield return ("clusters-k-means", "Size", scaled.Append(ml.Clustering.Trainers.KMeans(numberOfClusters: 3)));
        yield return ("anomaly-pca", null, scaled.Append(ml.AnomalyDetection.Trainers.RandomizedPca(rank: 2)));
        yield return ("text-featurized", "Yes", ml.Transforms.Text.FeaturizeText("Features", "Note")
            .Append(binary.SdcaLogisticRegression("Yes")));
        yield return ("missing-replaced", "Amount", ml.Transforms.ReplaceMissingValues("Income")
            .Append(scaled).Append(regression.Sdca("Amount")));
        yield return ("hashed-categories", "Yes", ml.Transforms.Categorical.OneHotHashEncoding("JobHash", "Job", numberOfBits: 6)
            .Append(ml.Transforms.Concatenate("Features", "Age", "JobHash")).Append(binary.FastTree("Yes", numberOfTrees: 10)));
    }

    private static EstimatorChain<ColumnConcatenatingTransformer> Features(MLContext ml) => ml.Transforms.Categorical
        .OneHotEncoding("JobCode", "Job").Append(ml.Transforms.Concatenate("Features", "Age", "Income", "Days", "JobCode"));

    private static void Fill(List<MatrixRow> rows, Random random)
    {
        foreach (var row in rows)
        {
            row.Age = random.Next(18, 80);
            row.Income = MathF.Round(1000 + (random.NextSingle() * 5000), 1);
            row.Days = random.Next(1, 400);
            row.Job = Jobs[random.Next(Jobs.Length)];
            var words = Enumerable.Range(0, 6).Select(_ => Words[random.Next(Words.Length)]).ToList();
            row.Note = string.Join(' ', words);
            row.Yes = words.Contains("goal") != (row.Job == "pilot" || row.Age < 30);
            row.Size = row.Income < 2500 ? "small" : row.Income < 4500 ? "medium" : "large";
            row.Amount = MathF.Round((row.Age / 5) + (row.Income / 400) + (row.Job == "cook" ? 3 : 0) + random.NextSingle(), 2);
            row.Group = (uint)random.Next(1, 40);
            row.Relevance = Math.Clamp((int)(row.Age / 20), 0, 4);
        }
    }

    private static string Line(MatrixRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Age},{row.Income},{row.Days},{row.Job},{row.Note},{row.Yes},{row.Size},{row.Amount},{row.Group},{row.Relevance}");
}
