using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

public sealed class BatchRouteTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    private static readonly string Row = Requests.Row().ToJsonString();

    [Theory]
    [InlineData("/predict/batch")]
    [InlineData("/models/bank/predict/batch")]
    [InlineData("/models/bank/versions/1/predict/batch")]
    public async Task Several_rows_are_answered_as_by_the_route_of_single_ones(string path)
    {
        using var client = api.Client();

        var batch = await (await client.PredictAsync($"[{Row},{Row}]", path)).Content.ReadAsStringAsync();
        var usual = await (await client.PredictAsync($$"""{"instances":[{{Row}},{{Row}}]}""")).Content.ReadAsStringAsync();

        Assert.StartsWith("{\"predictions\":[{", batch, StringComparison.Ordinal);
        Assert.Equal(usual, batch);
    }

    [Fact]
    public async Task A_single_row_is_refused_with_the_route_that_takes_it()
    {
        using var client = api.Client();

        var response = await client.PredictAsync(Row, "/predict/batch");

        var problem = await response.ReadProblemAsync(422, "invalid-features");
        Assert.Equal([": Send an array of objects here; /predict takes a single one."], problem.Errors());
    }
}
