using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using BinaryModel = Microsoft.ML.Calibrators.CalibratedModelParametersBase<
    Microsoft.ML.Trainers.LinearBinaryModelParameters, Microsoft.ML.Calibrators.PlattCalibrator>;

namespace ModelApi.Inference.Tests.MlNet;

/// <summary>The pipelines that the tests train: by name the estimator, and whether the bundle holds ONNX.</summary>
internal static class Pipelines
{
    private const string Features = "Features";
    private const string Label = "Label";

    private static readonly string[] Numbers = ["Age", "Income", "Visits"];

    public static IReadOnlyDictionary<string, (bool IsOnnx, Func<MLContext, IEstimator<ITransformer>> Create)> All { get; } =
        new Dictionary<string, (bool, Func<MLContext, IEstimator<ITransformer>>)>(StringComparer.Ordinal)
        {
            // Binary, with and without a probability.
            ["fast-tree"] = (true, ml => Encoded(ml).Append(ml.BinaryClassification.Trainers.FastTree("Churned", numberOfTrees: 10))),
            ["fast-forest"] = (true, ml => Encoded(ml).Append(ml.BinaryClassification.Trainers.FastForest("Churned", numberOfTrees: 10))),
            ["light-gbm"] = (true, ml => Encoded(ml).Append(ml.BinaryClassification.Trainers.LightGbm("Churned", numberOfIterations: 10))),
            ["sdca-logistic"] = (true, ml => Scaled(ml).Append(ml.BinaryClassification.Trainers.SdcaLogisticRegression(
                "Churned", maximumNumberOfIterations: 5))),
            ["sdca"] = (true, ml => Scaled(ml).Append(ml.BinaryClassification.Trainers.SdcaNonCalibrated(
                "Churned", maximumNumberOfIterations: 5))),
            ["l-bfgs"] = (true, ml => Scaled(ml).Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Churned"))),
            ["averaged-perceptron"] = (true, ml => Scaled(ml).Append(ml.BinaryClassification.Trainers.AveragedPerceptron("Churned"))),
            ["linear-svm"] = (true, ml => Scaled(ml).Append(ml.BinaryClassification.Trainers.LinearSvm("Churned"))),
            ["gam"] = (false, ml => Plain(ml).Append(ml.BinaryClassification.Trainers.Gam("Churned", numberOfIterations: 20))),

            // Several classes.
            ["multi-l-bfgs"] = (true, ml => Several(ml, Scaled(ml), ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())),
            ["multi-sdca"] = (true, ml => Several(ml, Scaled(ml), ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(
                maximumNumberOfIterations: 5))),
            ["multi-light-gbm"] = (true, ml => Several(ml, Encoded(ml), ml.MulticlassClassification.Trainers.LightGbm(
                numberOfIterations: 5))),
            ["multi-naive-bayes"] = (true, ml => Several(ml, Encoded(ml), ml.MulticlassClassification.Trainers.NaiveBayes())),
            ["one-versus-all"] = (true, ml => Several(ml, Encoded(ml), ml.MulticlassClassification.Trainers.OneVersusAll(
                ml.BinaryClassification.Trainers.FastTree(numberOfTrees: 5)))),
            ["multi-without-names"] = (true, ml => ml.Transforms.Conversion.MapValueToKey(Label, "Segment").Append(Scaled(ml))
                .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())),
            ["multi-numbers"] = (true, ml => Several(
                ml, Scaled(ml), ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(), label: "Grade")),

            // Numbers.
            ["regression-fast-tree"] = (true, ml => Encoded(ml).Append(ml.Regression.Trainers.FastTree("Spend", numberOfTrees: 10))),
            ["regression-fast-forest"] = (true, ml => Encoded(ml).Append(ml.Regression.Trainers.FastForest("Spend", numberOfTrees: 10))),
            ["regression-light-gbm"] = (true, ml => Encoded(ml).Append(ml.Regression.Trainers.LightGbm("Spend", numberOfIterations: 10))),
            ["regression-sdca"] = (true, ml => Scaled(ml).Append(ml.Regression.Trainers.Sdca("Spend", maximumNumberOfIterations: 5))),
            ["poisson"] = (true, ml => Scaled(ml).Append(ml.Regression.Trainers.LbfgsPoissonRegression("Grade"))),
            ["gradient-descent"] = (true, ml => Scaled(ml).Append(ml.Regression.Trainers.OnlineGradientDescent("Spend"))),

            // Other answers.
            ["ranking-fast-tree"] = (true, ml => Ranked(ml).Append(ml.Ranking.Trainers.FastTree(
                Label, rowGroupColumnName: "Group", numberOfTrees: 10))),
            ["ranking-light-gbm"] = (true, ml => Ranked(ml).Append(ml.Ranking.Trainers.LightGbm(
                Label, rowGroupColumnName: "Group", numberOfIterations: 10))),
            ["pca-anomaly"] = (false, ml => Scaled(ml).Append(ml.AnomalyDetection.Trainers.RandomizedPca(rank: 3))),
            ["k-means"] = (true, ml => Scaled(ml).Append(ml.Clustering.Trainers.KMeans(numberOfClusters: 4))),
            ["recommendation"] = (false, ml => ml.Transforms.Conversion.MapValueToKey("UserKey", "Job")
                .Append(ml.Transforms.Conversion.MapKeyToVector("User", "UserKey"))
                .Append(ml.Transforms.Conversion.MapValueToKey("ItemKey", "Item"))
                .Append(ml.Transforms.Conversion.MapKeyToVector("Chosen", "ItemKey"))
                .Append(ml.BinaryClassification.Trainers.FieldAwareFactorizationMachine(["User", "Chosen"], "Churned"))),

            // Steps before the trainer.
            ["text"] = (false, ml => Binary(ml, ml.Transforms.Text.FeaturizeText(Features, "Comment"))),
            ["words"] = (false, ml => Binary(ml, ml.Transforms.Text.TokenizeIntoWords("Words", "Comment")
                .Append(ml.Transforms.Conversion.MapValueToKey("Words"))
                .Append(ml.Transforms.Text.ProduceNgrams(Features, "Words")))),
            ["missing-values"] = (true, ml => Binary(ml, ml.Transforms
                .ReplaceMissingValues("Filled", "Discount", MissingValueReplacingEstimator.ReplacementMode.Mean)
                .Append(ml.Transforms.Concatenate(Features, "Filled", "Age")))),
            ["missing-indicator"] = (true, ml => Binary(ml, ml.Transforms.IndicateMissingValues("IsMissing", "Discount")
                .Append(ml.Transforms.Conversion.ConvertType("Missing", "IsMissing", DataKind.Single))
                .Append(ml.Transforms.Concatenate(Features, "Missing", "Age")))),
            ["hashing"] = (true, ml => Binary(ml, ml.Transforms.Categorical.OneHotHashEncoding("Hashed", "Job", numberOfBits: 6)
                .Append(ml.Transforms.Concatenate(Features, "Hashed", "Visits")))),
            ["log-mean-variance"] = (false, ml => Binary(ml, Plain(ml).Append(ml.Transforms.NormalizeLogMeanVariance(Features)))),
            ["mean-variance"] = (true, ml => Binary(ml, Plain(ml).Append(ml.Transforms.NormalizeMeanVariance(Features)))),
            ["binning"] = (false, ml => Binary(ml, Plain(ml).Append(ml.Transforms.NormalizeBinning(Features, maximumBinCount: 8)))),
            ["supervised-binning"] = (false, ml => Binary(ml, Plain(ml).Append(
                ml.Transforms.NormalizeSupervisedBinning(Features, labelColumnName: "Churned")))),
            ["robust-scaling"] = (true, ml => Binary(ml, Plain(ml).Append(ml.Transforms.NormalizeRobustScaling(Features)))),
            ["unit-length"] = (true, ml => Binary(ml, Plain(ml).Append(ml.Transforms.NormalizeLpNorm(Features)))),
            ["vector-column"] = (true, ml => Binary(ml, ml.Transforms.Conversion.ConvertType("IsMember", "Member", DataKind.Single)
                .Append(ml.Transforms.Concatenate(Features, "Ratings", "IsMember")))),
        };

    private static EstimatorChain<ColumnConcatenatingTransformer> Encoded(MLContext ml) =>
        ml.Transforms.Categorical.OneHotEncoding([new("JobCode", "Job"), new("RegionCode", "Region")])
            .Append(ml.Transforms.Concatenate(Features, ["JobCode", "RegionCode", .. Numbers]));

    private static EstimatorChain<NormalizingTransformer> Scaled(MLContext ml) =>
        Encoded(ml).Append(ml.Transforms.NormalizeMinMax(Features));

    private static EstimatorChain<ColumnConcatenatingTransformer> Plain(MLContext ml) =>
        new EstimatorChain<ITransformer>().Append(ml.Transforms.Concatenate(Features, Numbers));

    private static EstimatorChain<TransformerChain<ColumnConcatenatingTransformer>> Ranked(MLContext ml) =>
        ml.Transforms.Conversion.Hash("Group", "Query", numberOfBits: 20)
            .Append(ml.Transforms.Conversion.ConvertType(Label, "Grade", DataKind.Single))
            .Append(Encoded(ml));

    private static EstimatorChain<BinaryPredictionTransformer<BinaryModel>> Binary(MLContext ml, IEstimator<ITransformer> features) =>
        features.Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Churned"));

    private static EstimatorChain<KeyToValueMappingTransformer> Several(
        MLContext ml, IEstimator<ITransformer> features, IEstimator<ITransformer> trainer, string label = "Segment") =>
        ml.Transforms.Conversion.MapValueToKey(Label, label).Append(features).Append(trainer)
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
}
