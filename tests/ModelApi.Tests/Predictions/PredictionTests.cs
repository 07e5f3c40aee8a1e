using System.Net;
using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

public sealed class PredictionTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    private const double Tolerance = 1e-6;

    [Fact]
    public async Task One_row_gets_one_answer()
    {
        var response = await api.Client().PredictAsync(Requests.Row().ToJsonString());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        var answer = await response.ReadJsonAsync();
        Assert.Equal(
            ["prediction", "probabilities", "model", "version", "username"],
            answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ("no", "bank", "1", "pedro1"),
            (Text(answer, "prediction"), Text(answer, "model"), Text(answer, "version"), Text(answer, "username")));
        Assert.Equal(["no", "yes"], answer.GetProperty("probabilities").EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Fifty_clients_get_the_answers_that_one_gets()
    {
        var golden = Golden.Read(Repository.Bank);
        var single = api.Client();
        var expected = new List<string>();
        foreach (var row in golden)
        {
            expected.Add(await (await single.PredictAsync(row.Input)).Content.ReadAsStringAsync());
        }

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async start =>
        {
            var client = api.Client();
            for (var i = 0; i < golden.Count; i++)
            {
                var row = (start * 4 + i) % golden.Count;
                Assert.Equal(expected[row], await (await client.PredictAsync(golden[row].Input)).Content.ReadAsStringAsync());
            }
        }));
    }

    [Fact]
    public async Task A_value_out_of_range_is_scored_with_a_warning()
    {
        var row = Requests.Row();
        row["age"] = 101;

        var answer = await (await api.Client().PredictAsync(row.ToJsonString())).ReadJsonAsync();

        Assert.Equal(1, answer.GetProperty("probabilities").EnumerateObject().Sum(probability => probability.Value.GetDouble()), Tolerance);
        Assert.Equal(
            "Above 95, the largest value seen in training.",
            Assert.Single(answer.GetProperty("warnings").GetProperty("/age").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task An_unknown_category_is_scored_as_scikit_learn_does_with_a_warning()
    {
        foreach (var row in Golden.Read(Repository.Bank).Where(row => row.Kind == "unknown-category"))
        {
            var answer = await (await api.Client().PredictAsync(row.Input)).ReadJsonAsync();

            row.AssertIs(answer);
            Assert.NotEmpty(answer.GetProperty("warnings").EnumerateObject());
        }
    }

    [Fact]
    public async Task Warnings_of_several_rows_name_the_row()
    {
        var odd = Requests.Row();
        odd["campaign"] = 1000;

        var answer = await (await api.Client().PredictAsync($"[{Requests.Row().ToJsonString()},{odd.ToJsonString()}]")).ReadJsonAsync();

        Assert.Equal("/1/campaign", Assert.Single(answer.GetProperty("warnings").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_body_is_read(string encoding)
    {
        using var compressed = new MemoryStream();
        await using (Stream stream = encoding == "br"
            ? new System.IO.Compression.BrotliStream(compressed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true)
            : new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
        {
            await JsonSerializer.SerializeAsync(stream, Requests.Row());
        }

        using var content = new ByteArrayContent(compressed.ToArray());
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add(encoding);
        var response = await api.Client().PostAsync(new Uri("/predict", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Ten_thousand_rows_are_scored_in_one_request()
    {
        var body = $"[{string.Join(',', Enumerable.Repeat(Requests.Row().ToJsonString(), 10_000))}]";

        var answer = await (await api.Client().PredictAsync(body)).ReadJsonAsync();

        Assert.Equal(10_000, answer.GetProperty("predictions").GetArrayLength());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
