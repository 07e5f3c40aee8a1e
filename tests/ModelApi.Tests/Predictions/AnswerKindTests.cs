using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

/// <summary>Models of every kind answer over HTTP what their trainer answers.</summary>
public sealed class AnswerKindTests(CaseHost cases) : IClassFixture<CaseHost>
{
    public static TheoryData<string> Cases => [.. CaseHost.Cases];

    [Theory]
    [InlineData("linreg", """\{"prediction":228\.0\d+""")]
    [InlineData("ranking", """\{"prediction":145\.4\d+""")]
    [InlineData("reg-double", """\{"prediction":182\.5427\d{9,}""")]
    [InlineData("pipe-double", """\{"prediction":"No Risk","probabilities":\{"No Risk":0\.67755\d{9,},"Risk":0\.3224\d{10,}\}""")]
    [InlineData("lab-float", """\{"prediction":1\.0,"probabilities":\{"1\.0":1[\d.]*,"2\.0":0,"3\.0":0\}""")]
    [InlineData("lab-bool", """\{"prediction":false,"probabilities":\{"false":0\.999\d*,"true":0\.000\d*\}""")]
    [InlineData("noproba", "\\{\"prediction\":\"class_1\"")]
    [InlineData("noproba-scores", """\{"prediction":"class_1","scores":\{"class_0":-0\.\d+,"class_1":0\.\d+,"class_2":-1\.\d+\}""")]
    [InlineData("score", """\{"prediction":"usual","score":0\.1104\d*""")]
    [InlineData("iforest", """\{"prediction":1,"score":0\.1104\d*""")]
    [InlineData("keras-sigmoid", """\{"prediction":0,"probabilities":\{"0":0\.9999\d*,"1":[\d.E-]+\}""")]
    [InlineData("torch-many", """.*"outputs":\{"logits":\[[-\d.]+,[-\d.]+\],"r2":\[([-\d.E]+,){7}[-\d.E]+\]\}""")]
    [InlineData("multi-reg", """\{"prediction":\{"first":138\.9\d*,"second":308\.9\d*\}""")]
    [InlineData("multilabel", """\{"prediction":\{"sweet":0,"strong":1\}""")]
    [InlineData("labels", """\{"prediction":\{"sweet":0,"strong":0\},"probabilities":\{"sweet":0\.00230\d*,"strong":0\.000104\d*\}""")]
    [InlineData("k-means", """\{"prediction":1,"distances":\{"0":3\.87\d*,"1":0\.21\d*,"2":5\.15\d*,"3":2\.86\d*\}""")]
    [InlineData("margin", """\{"prediction":1,"scores":\{"-1":-196185\.\d*,"1":196185\.\d*\}""")]
    public async Task An_answer_has_the_form_of_its_kind(string model, string expected)
    {
        var row = Row(model);

        var response = await cases.Host.Client().PredictAsync(row, $"/models/{model}/predict");

        Assert.Matches($$"""^{{expected}},"model":"{{model}}",""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_trainers_answers_come_back(string name)
    {
        var golden = CaseModels.Rows(name);
        var body = $"[{string.Join(',', golden.Select(row => row["input"]!.ToJsonString()))}]";

        var response = await cases.Host.Client().PredictAsync(body, $"/models/{Path.GetFileName(name)}/predict");

        var answers = (await response.ReadJsonAsync()).GetProperty("predictions").EnumerateArray().ToList();
        Assert.Equal(golden.Count, answers.Count);
        var scale = golden.SelectMany(NumbersOf).Append(1).Max(Math.Abs);
        Assert.All(golden.Zip(answers), pair => AssertSame(pair.First, pair.Second, scale));
    }

    [Theory]
    [InlineData("multi-reg")]
    [InlineData("torch-many")]
    [InlineData("iforest")]
    [InlineData("labels")]
    [InlineData("reg-double")]
    public async Task Invalid_rows_are_skipped_in_their_places(string model)
    {
        var row = Row(model);
        var alone = await (await cases.Host.Client().PredictAsync(row, $"/models/{model}/predict")).ReadJsonAsync();

        var response = await cases.Host.Client().PredictAsync($"[7,{row},{{}},{row}]", $"/models/{model}/predict?onInvalid=skip");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await response.ReadJsonAsync();
        Assert.Equal([0, 2], answer.GetProperty("skipped").EnumerateArray().Select(skipped => skipped.GetInt32()));
        var rows = answer.GetProperty("predictions").EnumerateArray().ToList();
        Assert.Equal(JsonValueKind.Null, rows[0].ValueKind);
        Assert.All([rows[1], rows[3]], scored => Assert.All(
            scored.EnumerateObject(), member => AssertClose(alone.GetProperty(member.Name), member.Value)));
    }

    [Theory]
    [InlineData("reg-double")]
    [InlineData("torch-many")]
    [InlineData("multi-reg")]
    public async Task A_row_without_a_finite_answer_is_refused(string model)
    {
        var row = JsonNode.Parse(Row(model))!.AsObject();
        foreach (var (name, _) in row.ToList())
        {
            row[name] = model == "reg-double" ? 1e308 : 3e38;
        }

        var response = await cases.Host.Client().PredictAsync(row.ToJsonString(), $"/models/{model}/predict");

        if (model == "multi-reg")
        {
            // Trees answer any number.
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return;
        }

        await response.ReadProblemAsync(422, "invalid-features");
    }

    private static string Row(string model)
    {
        var name = model switch
        {
            "ranking" => "ridge",
            "score" => "iforest",
            "labels" or "k-means" or "margin" => "answers/" + model,
            _ => model,
        };
        return CaseModels.Rows(name)[0]["input"]!.ToJsonString();
    }

    private static void AssertSame(JsonObject golden, JsonElement answer, double scale)
    {
        var prediction = answer.GetProperty("prediction");
        if (golden["label"] is { } label)
        {
            var labels = label is JsonArray several ? several.ToList() : [label];
            var given = prediction.ValueKind == JsonValueKind.Object
                ? prediction.EnumerateObject().Select(target => target.Value).ToList()
                : [prediction];
            Assert.Equal(labels.Select(each => each!.ToJsonString()), given.Select(each => each.GetRawText()));
        }

        var numbers = answer.TryGetProperty("score", out var score) ? score
            : answer.TryGetProperty("scores", out var scores) ? scores
            : answer.TryGetProperty("probabilities", out var probabilities) ? probabilities
            : answer.TryGetProperty("distances", out var distances) ? distances
            : prediction;
        if (NumbersOf(golden) is { Count: > 0 } expected)
        {
            Assert.Equal(expected, Numbers(numbers), (a, b) => Math.Abs(a - b) <= 1e-5 * scale);
        }
    }

    private static List<double> NumbersOf(JsonObject golden) =>
        (golden["probabilities"] ?? golden["scores"] ?? golden["distances"] ?? golden["value"]) is { } numbers ? Numbers(numbers) : [];

    // Of the probabilities of several targets, those of the second class.
    private static List<double> Numbers(JsonNode node) => node switch
    {
        JsonArray array => [.. array.Select(item => Numbers(item!)[^1])],
        JsonObject members => [.. members.Select(member => Numbers(member.Value!)[0])],
        _ => [double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture)],
    };

    private static List<double> Numbers(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? [.. element.EnumerateObject().Select(member => member.Value.GetDouble())]
        : [element.GetDouble()];

    private static void AssertClose(JsonElement expected, JsonElement actual)
    {
        Assert.Equal(expected.ValueKind, actual.ValueKind);
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.All(expected.EnumerateObject(), member => AssertClose(member.Value, actual.GetProperty(member.Name)));
                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), actual.GetArrayLength());
                Assert.All(expected.EnumerateArray().Zip(actual.EnumerateArray()), pair => AssertClose(pair.First, pair.Second));
                break;
            case JsonValueKind.Number:
                Assert.Equal(expected.GetDouble(), actual.GetDouble(), 1e-4);
                break;
            default:
                Assert.Equal(expected.GetRawText(), actual.GetRawText());
                break;
        }
    }
}
