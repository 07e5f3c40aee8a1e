using System.Net;
using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

/// <summary>Every bundle that ships answers over HTTP as its trainer did.</summary>
public sealed class GoldenRowTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    public static TheoryData<string> Bundles => [.. Repository.Bundles];

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task All_golden_rows_get_the_trainers_answers_one_by_one(string bundle)
    {
        var client = api.Client();
        var golden = GoldenOf(bundle);
        Assert.True(golden.Count >= 200);

        foreach (var row in golden)
        {
            var response = await client.PredictAsync(row.Input, PathOf(bundle));

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            row.AssertIs(await response.ReadJsonAsync());
        }
    }

    [Fact]
    public async Task Texts_that_a_graph_drops_shift_no_answer_of_the_rows_beside_them()
    {
        // The graph drops the rows of ten of these.
        var golden = GoldenOf("project-tags/1");
        var odd = Enumerable.Range(0, 1000).Select(letter => JsonSerializer.Serialize(new { text = ((char)letter).ToString() }));
        string[] rows = [golden[0].Input, .. odd, golden[1].Input];

        var response = await api.Client().PredictAsync($"[{string.Join(',', rows)}]", PathOf("project-tags/1"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answers = (await response.ReadJsonAsync()).GetProperty("predictions").EnumerateArray().ToList();
        Assert.Equal(1002, answers.Count);
        golden[0].AssertIs(answers[0]);
        golden[1].AssertIs(answers[^1]);
    }

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task All_golden_rows_get_the_trainers_answers_in_one_request(string bundle)
    {
        var golden = GoldenOf(bundle);
        var rows = $"[{string.Join(',', golden.Select(row => row.Input))}]";
        var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Models, bundle, "model.json"))).RootElement;
        var key = manifest.TryGetProperty("instancesKey", out var named) ? named.GetString() : "instances";

        foreach (var body in new[] { rows, $$"""{"{{key}}":{{rows}}}""" })
        {
            var answer = await (await api.Client().PredictAsync(body, PathOf(bundle))).ReadJsonAsync();

            var answers = answer.GetProperty("predictions").EnumerateArray().ToList();
            Assert.Equal(golden.Count, answers.Count);
            foreach (var (row, prediction) in golden.Zip(answers))
            {
                row.AssertIs(prediction);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task Labels_are_numbers_where_the_trainers_are(string bundle)
    {
        var line = JsonDocument.Parse(File.ReadLines(Path.Combine(Repository.Models, bundle, "golden.jsonl")).First()).RootElement;

        var answer = await (await api.Client().PredictAsync(line.GetProperty("input").GetRawText(), PathOf(bundle))).ReadJsonAsync();

        Assert.Equal(line.GetProperty("label").ValueKind, answer.GetProperty("prediction").ValueKind);
    }

    private static IReadOnlyList<Golden> GoldenOf(string bundle) => Golden.Read(Path.Combine(Repository.Models, bundle));

    private static string PathOf(string bundle) => $"/models/{bundle.Replace("/", "/versions/", StringComparison.Ordinal)}/predict";
}
