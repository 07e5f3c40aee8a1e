using Microsoft.ML;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Packing;
using ModelApi.Inference.Packing.MlNet;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.MlNet;

/// <summary>What the packer finds out about a pipeline, and how the engine serves it.</summary>
public sealed class MlNetPackerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Features_categories_target_and_classes_are_found_out()
    {
        var bundle = await PackAsync("multi-l-bfgs");

        var signature = bundle.Manifest.Signature;
        Assert.Equal(["Age", "Income", "Visits", "Job", "Region"], signature.Features.Select(feature => feature.Name));
        var jobs = signature.Features[3].Categories!.Names.Order(StringComparer.Ordinal);
        Assert.Equal(["clerk", "cook", "driver", "nurse", "teacher"], jobs);
        Assert.Equal("Segment", signature.Target);
        Assert.Equal(["large", "middle", "small"], signature.Classes!.Names.Order(StringComparer.Ordinal));
        Assert.Equal(UnknownCategory.EncodeAsMissing, signature.UnknownCategory);
    }

    [Fact]
    public async Task Columns_that_may_all_be_the_target_are_listed()
    {
        var request = Request("fast-tree", Save("fast-tree"), Customers.WriteCsv(_folder.Path)) with { Target = null };

        var exception = await Assert.ThrowsAsync<PackException>(() => MlNetPacker.PackAsync(request, CancellationToken.None));

        Assert.Contains("Member, Ratings, Churned", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--target", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_categories_are_among_the_golden_rows()
    {
        var bundle = await PackAsync("fast-tree");

        var golden = bundle.Golden.Features;
        Assert.Equal(302, golden.Rows);
        Assert.Equal(CategoryTable.Unknown, golden.Codes(3)[300]);
        Assert.Equal(CategoryTable.Unknown, golden.Codes(4)[301]);
    }

    [Fact]
    public async Task A_missing_number_may_be_left_out_where_the_rows_have_empty_cells()
    {
        var bundle = await PackAsync("missing-values");

        Assert.True(bundle.Manifest.Signature.Features.Single(feature => feature.Name == "Discount").Nullable);
        Assert.Contains(double.NaN, bundle.Golden.Features.Numbers(bundle.Manifest.Signature.IndexOf("Discount")).ToArray());
    }

    [Fact]
    public async Task The_reason_for_the_zip_is_told_and_kept()
    {
        var bundle = await PackAsync("text");

        using var selected = new EngineSelector().Select(bundle).Scorer;
        Assert.StartsWith("mlnet 5", selected.Engine, StringComparison.Ordinal);
        Assert.Contains("TextNormalizer", bundle.Manifest.Model!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_that_must_be_compiled_and_is_not_fails()
    {
        var bundle = await PackAsync("text");

        var exception = Assert.Throws<BundleException>(() => new EngineSelector(ScoringEngine.Compiled).Select(bundle));

        Assert.Contains("it holds an ML.NET model", Assert.Single(exception.Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_threads_get_the_answers_of_one()
    {
        var bundle = await PackAsync("text");
        using var scorer = new EngineSelector().Select(bundle).Scorer;
        var features = bundle.Golden.Features;
        var expected = new PredictionBatch(features.Signature);
        scorer.Score(features, expected, CancellationToken.None);
        var due = expected.Probabilities.ToArray();

        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            var predictions = new PredictionBatch(features.Signature);
            scorer.Score(features, predictions, CancellationToken.None);
            Assert.Equal(due, predictions.Probabilities);
        });
    }

    [Fact]
    public async Task A_row_allocates_nothing_once_the_engine_is_warm()
    {
        var bundle = await PackAsync("binning");
        using var scorer = new EngineSelector().Select(bundle).Scorer;
        var row = new FeatureBatch(bundle.Manifest.Signature);
        bundle.Golden.Features.CopyRowTo(row, 0);
        var predictions = new PredictionBatch(row.Signature);
        for (var i = 0; i < 100; i++)
        {
            scorer.Score(row, predictions, CancellationToken.None);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        scorer.Score(row, predictions, CancellationToken.None);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Columns_are_matched_by_another_spelling()
    {
        var zip = Save("mean-variance");
        var csv = Path.Combine(_folder.Path, "other.csv");
        File.WriteAllLines(csv, Customers.Rows.Select(row => FormattableString.Invariant($"{row.Age},{row.Income},{row.Visits}"))
            .Prepend("age,in_come,VISITS"));

        var result = await MlNetPacker.PackAsync(Request("other", zip, csv) with { Target = "Churned" }, CancellationToken.None);

        var bundle = await new BundleReader().ReadAsync(result.Folder!, CancellationToken.None);
        Assert.Equal(["age", "in_come", "VISITS"], bundle.Manifest.Signature.Features.Select(feature => feature.Name));
    }

    [Fact]
    public async Task A_text_that_is_taken_apart_is_free_even_where_the_reference_holds_few()
    {
        var csv = Customers.WriteCsv(_folder.Path);
        var lines = await File.ReadAllLinesAsync(csv);
        var column = lines[0].Split(',').ToList().IndexOf("Comment");
        await File.WriteAllLinesAsync(csv, lines.Select((line, i) =>
        {
            var cells = line.Split(',');
            cells[column] = i == 0 ? cells[column] : i % 2 == 0 ? "very good" : "not so good";
            return string.Join(',', cells);
        }));

        var result = await MlNetPacker.PackAsync(Request("text", Save("text"), csv), CancellationToken.None);

        var comment = Assert.Single(result.Manifest["features"]!.AsArray(), feature => (string?)feature!["name"] == "Comment")!;
        Assert.Null(comment["categories"]);
    }

    [Fact]
    public async Task A_misspelt_target_is_refused_with_the_column_that_is_meant()
    {
        var request = Request("fast-tree", Save("fast-tree"), Customers.WriteCsv(_folder.Path)) with { Target = "Churnd" };

        var exception = await Assert.ThrowsAsync<PackException>(() => MlNetPacker.PackAsync(request, CancellationToken.None));

        Assert.Contains("--target Churnd", exception.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'Churned'?", exception.Message, StringComparison.Ordinal);

        exception = await Assert.ThrowsAsync<PackException>(
            () => MlNetPacker.PackAsync(request with { Target = "Revenue" }, CancellationToken.None));
        Assert.Contains("'Churned'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_a_pipeline_answers_itself_are_refused()
    {
        var request = Request("fast-tree", Save("fast-tree"), Customers.WriteCsv(_folder.Path));
        PackRequest[] others =
        [
            request with { Answer = new Dictionary<string, IReadOnlyList<string>> { ["label"] = ["PredictedLabel"] } },
            request with { Golden = "golden.jsonl" },
            request with { Task = "regression" },
            request with { Classes = ["no", "yes"] },
            request with { Targets = ["a", "b"] },
        ];

        foreach (var other in others)
        {
            var exception = await Assert.ThrowsAsync<PackException>(() => MlNetPacker.PackAsync(other, CancellationToken.None));
            Assert.Contains("of ML.NET", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_column_that_the_reference_lacks_is_named()
    {
        var zip = Save("mean-variance");
        var csv = Path.Combine(_folder.Path, "less.csv");
        File.WriteAllLines(csv, ["Age,Income", "41,2000", "42,2100"]);

        var exception = await Assert.ThrowsAsync<PackException>(
            () => MlNetPacker.PackAsync(Request("less", zip, csv), CancellationToken.None));

        Assert.Contains("--input Visits=COLUMN", exception.Message, StringComparison.Ordinal);
    }

    private async Task<Bundle> PackAsync(string name)
    {
        var result = await MlNetPacker.PackAsync(Request(name, Save(name), Customers.WriteCsv(_folder.Path)), CancellationToken.None);
        return await new BundleReader().ReadAsync(result.Folder!, CancellationToken.None);
    }

    private PackRequest Request(string name, string zip, string csv) => new()
    {
        Name = name,
        Graphs = [zip],
        Reference = ReferenceTable.ReadCsv(csv),
        Output = Path.Combine(_folder.Path, "models"),
        Target = name == "multi-l-bfgs" ? null : "Churned",
    };

    private string Save(string name)
    {
        var context = new MLContext(seed: 1);
        var path = Path.Combine(_folder.Path, $"{name}.zip");
        var rows = Customers.View(context);
        context.Model.Save(Pipelines.All[name].Create(context).Fit(rows), rows.Schema, path);
        return path;
    }
}
