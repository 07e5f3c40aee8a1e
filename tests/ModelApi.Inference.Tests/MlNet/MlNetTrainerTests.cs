using Microsoft.ML;
using Microsoft.ML.Data;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Packing;
using ModelApi.Inference.Packing.MlNet;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.MlNet;

/// <summary>Trains with ML.NET, packs what it saved, serves the bundle, and compares with what ML.NET's <c>Transform</c> answers.</summary>
public sealed class MlNetTrainerTests
{
    private const double SameShare = 1e-6;

    public static TheoryData<string> Names => [.. Pipelines.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_packed_pipeline_answers_as_Transform_does(string name)
    {
        using var models = new TemporaryFolder();
        var (context, model) = Train(name);
        var zip = Save(context, model, models.Path);

        var bundle = await PackAsync(name, zip, models.Path);
        using var scorer = new EngineSelector().Select(bundle).Scorer;

        Assert.Equal(Pipelines.All[name].IsOnnx, bundle.Model is null);
        var features = ReadRows(bundle.Manifest.Signature);
        var predictions = new PredictionBatch(bundle.Manifest.Signature);
        scorer.Score(features, predictions, CancellationToken.None);
        AssertSame(model.Transform(Customers.View(context)), predictions);
        Assert.True(bundle.Golden.Features.Rows >= 300);
    }

    [Fact]
    public void Twelve_trainers_and_more_are_among_them() => Assert.True(Pipelines.All.Count >= 30);

    private static (MLContext Context, ITransformer Model) Train(string name)
    {
        var context = new MLContext(seed: 1);
        return (context, Pipelines.All[name].Create(context).Fit(Customers.View(context)));
    }

    private static string Save(MLContext context, ITransformer model, string folder)
    {
        var path = Path.Combine(folder, "model.zip");
        context.Model.Save(model, Customers.View(context).Schema, path);
        return path;
    }

    private static async Task<Bundle> PackAsync(string name, string zip, string folder)
    {
        var packed = await MlNetPacker.PackAsync(
            new PackRequest
            {
                Name = name,
                Graphs = [zip],
                Reference = ReferenceTable.ReadCsv(Customers.WriteCsv(folder)),
                Output = Path.Combine(folder, "models"),
                Inputs = new Dictionary<string, IReadOnlyList<string>> { ["Ratings"] = ["r1", "r2", "r3"] },
                Target = "Churned",
            },
            CancellationToken.None);
        return await new BundleReader().ReadAsync(packed.Folder!, CancellationToken.None);
    }

    // Not by the way of the packer: the rows are those of the training, value by value.
    private static FeatureBatch ReadRows(Signature signature)
    {
        var batch = new FeatureBatch(signature);
        foreach (var row in Customers.Rows)
        {
            batch.AddRow();
            for (var i = 0; i < signature.Features.Count; i++)
            {
                var feature = signature.Features[i];
                object value = feature.Name is ['r', var digit]
                    ? row.Ratings[digit - '1']
                    : typeof(CustomerRow).GetProperty(feature.Name)!.GetValue(row)!;
                if (value is not string text)
                {
                    batch.SetNumber(batch.Rows - 1, i, Convert.ToDouble(value, null));
                }
                else if (feature.Categories?.CodeOf(text) is >= 0 and var code)
                {
                    batch.SetCategory(batch.Rows - 1, i, code);
                }
                else
                {
                    batch.SetText(batch.Rows - 1, i, text);
                }
            }
        }

        return batch;
    }

    private static void AssertSame(IDataView expected, PredictionBatch actual)
    {
        var signature = actual.Signature;
        Assert.Equal(Customers.Count, actual.Rows);
        if (signature.Classes is { } classes)
        {
            var labels = ReadLabels(expected, signature);
            for (var row = 0; row < actual.Rows; row++)
            {
                Assert.Equal(labels[row], classes.Names[actual.Labels[row]]);
            }
        }

        var numbers = ReadNumbers(expected);
        var columns = signature.Answer.NumberColumns;
        var allowed = SameShare * Math.Max(1, numbers.SelectMany(row => row).Max(Math.Abs));
        for (var row = 0; row < actual.Rows; row++)
        {
            for (var i = 0; i < numbers[row].Length; i++)
            {
                Assert.Equal(numbers[row][i], actual.Number(row, columns - numbers[row].Length + i), allowed);
            }
        }
    }

    private static List<string> ReadLabels(IDataView view, Signature signature)
    {
        var column = view.Schema["PredictedLabel"];
        if (column.Type is BooleanDataViewType)
        {
            var isOutlier = signature.Task == ModelTask.OutlierDetection;
            return [.. view.GetColumn<bool>(column).Select(label => isOutlier ? label ? "-1" : "1" : label ? "true" : "false")];
        }

        if (column.Type is TextDataViewType)
        {
            return [.. view.GetColumn<ReadOnlyMemory<char>>(column).Select(label => label.ToString())];
        }

        if (column.Type is not KeyDataViewType)
        {
            return [.. view.GetColumn<float>(column).Select(label => label.ToString("R", null))];
        }

        var keys = view.GetColumn<uint>(column);
        if (column.Annotations.Schema.GetColumnOrNull("KeyValues") is null)
        {
            return [.. keys.Select(key => key.ToString((IFormatProvider?)null))];
        }

        var values = default(VBuffer<ReadOnlyMemory<char>>);
        column.GetKeyValues(ref values);
        return [.. keys.Select(key => values.GetItemOrDefault((int)key - 1).ToString())];
    }

    private static List<float[]> ReadNumbers(IDataView view)
    {
        var column = view.Schema.GetColumnOrNull("Probability") ?? view.Schema["Score"];
        return column.Type is VectorDataViewType
            ? [.. view.GetColumn<VBuffer<float>>(column).Select(vector => vector.DenseValues().ToArray())]
            : [.. view.GetColumn<float>(column).Select(number => new[] { number })];
    }
}
