using System.Net;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Answers;

public sealed class QueryParameterTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    [Theory]
    [InlineData("/predict?on_invalid=skip", "on_invalid", "onInvalid")]
    [InlineData("/predict?onInvalide=skip", "onInvalide", "onInvalid")]
    [InlineData("/models/bank/predict/batch?on-invalid=skip", "on-invalid", "onInvalid")]
    [InlineData("/predict?envelop=true", "envelop", "envelope")]
    public async Task A_parameter_that_nearly_is_one_of_the_route_is_refused_with_the_right_name(string path, string sent, string meant)
    {
        using var client = api.Client();

        var response = await client.PredictAsync(Requests.Row().ToJsonString(), path);

        var problem = await response.ReadProblemAsync(400, "invalid-parameter");
        Assert.Equal($"The query parameter '{sent}' is unknown; did you mean '{meant}'?", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/performance?filte=overall", "filter")]
    [InlineData("/code?langauge=python", "language")]
    [InlineData("/models?envelop=true", "envelope")]
    public async Task Each_route_knows_its_own_parameters(string path, string meant)
    {
        using var client = api.Client();

        var response = await client.GetAsync(path);

        var problem = await response.ReadProblemAsync(400, "invalid-parameter");
        Assert.EndsWith($"did you mean '{meant}'?", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/predict?trace=1&nothing=2")]
    [InlineData("/predict?ONINVALID=reject")]
    public async Task Other_parameters_are_ignored_and_case_does_not_matter(string path)
    {
        using var client = api.Client();

        var response = await client.PredictAsync(Requests.Row().ToJsonString(), path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
