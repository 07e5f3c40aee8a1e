using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Files;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Files;

/// <summary>The columns and members that models of each kind of answer add.</summary>
public sealed class RowFileKindsTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("noproba", "prediction", "class_1")]
    [InlineData("noproba-scores", "prediction,score_class_0,score_class_1,score_class_2", @"class_1,-0\.3\d*,0\.12\d*,-1\.02\d*")]
    [InlineData("iforest", "prediction,score", @"1,0\.1104\d*")]
    [InlineData("multi-reg", "prediction_first,prediction_second", @"138\.9\d*,308\.9\d*")]
    [InlineData("reg-double", "prediction", @"182\.5427\d{9,}")]
    [InlineData("lab-float", "prediction,p_1.0,p_2.0,p_3.0", @"1\.0,1[\d.]*,0,0")]
    [InlineData("lab-bool", "prediction,p_false,p_true", @"false,0\.99\d*,0\.000\d*")]
    [InlineData("torch-many", "prediction,p_0,p_1,output_logits,output_r2", "0,[^,]+,[^,]+,\"\\[[^\"\\]]+\\]\",\"\\[[^\"\\]]+\\]\"")]
    [InlineData("answers/labels", "prediction_sweet,prediction_strong,p_sweet,p_strong", @"0,0,0\.0023\d*,0\.0001\d*")]
    [InlineData("answers/k-means", "prediction,distance_0,distance_1,distance_2,distance_3", @"1,3\.87\d*,0\.21\d*,5\.15\d*,2\.86\d*")]
    public async Task A_table_gets_the_columns_of_the_answer(string name, string columns, string cells)
    {
        var row = FirstRow(name);
        var cellsOfRow = row.Select(cell => cell.Value!.ToJsonString());
        var table = $"{string.Join(',', row.Select(cell => cell.Key))}\n{string.Join(',', cellsOfRow)}\n";

        var lines = await ScoreAsync(name, table);
        var (header, line) = (lines[0], lines[1]);

        Assert.EndsWith($",{columns}", header, StringComparison.Ordinal);
        Assert.Matches($",{cells}$", line);
    }

    [Theory]
    [InlineData("noproba", """{"prediction":"class_1"}""")]
    [InlineData("iforest", """{"prediction":1,"score":0.1104}""")]
    [InlineData("multi-reg", """{"prediction":{"first":138.925,"second":308.985}}""")]
    [InlineData("lab-bool", """{"prediction":false,"probabilities":{"false":0.99927,"true":0.00073}}""")]
    [InlineData("answers/labels", """{"prediction":{"sweet":0,"strong":0},"probabilities":{"sweet":0.0023058,"strong":0.00010421}}""")]
    public async Task A_line_gets_the_members_of_the_answer(string name, string expected)
    {
        var row = FirstRow(name);

        var line = Assert.Single(await ScoreAsync(name, row.ToJsonString()));

        var answer = JsonNode.Parse(line)!.AsObject();
        foreach (var (feature, _) in row)
        {
            answer.Remove(feature);
        }

        AssertClose(JsonDocument.Parse(expected).RootElement, JsonDocument.Parse(answer.ToJsonString()).RootElement);
    }

    private static JsonObject FirstRow(string name) => JsonNode.Parse(
        File.ReadLines(Path.Combine(CaseModels.FolderOf(name), "golden.jsonl")).First())!["input"]!.AsObject();

    private static void AssertClose(JsonElement expected, JsonElement actual)
    {
        Assert.Equal(expected.ValueKind, actual.ValueKind);
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(
                    expected.EnumerateObject().Select(member => member.Name), actual.EnumerateObject().Select(member => member.Name));
                Assert.All(expected.EnumerateObject(), member => AssertClose(member.Value, actual.GetProperty(member.Name)));
                break;
            case JsonValueKind.Number:
                Assert.Equal(expected.GetDouble(), actual.GetDouble(), 1e-3);
                break;
            default:
                Assert.Equal(expected.GetRawText(), actual.GetRawText());
                break;
        }
    }

    private async Task<string[]> ScoreAsync(string name, string text)
    {
        var bundle = await new BundleReader().ReadAsync(_models.AddCase(name).Folder, CancellationToken.None);
        using var scorer = new OnnxRuntimeScorer(bundle);
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(text));
        using var output = new MemoryStream();
        using var rows = RowFile.Open(input, "The upload", bundle.Manifest.Signature);
        var summary = await rows.ScoreAsync(scorer, output, null, null, CancellationToken.None);
        Assert.Equal((1, 0), (summary.Scored, summary.Rejected));
        return Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n');
    }
}
