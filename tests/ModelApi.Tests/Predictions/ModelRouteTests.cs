using System.Net;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

public sealed class ModelRouteTests : IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly ModelApiHost _api;

    public ModelRouteTests()
    {
        _models.AddBank();
        _models.AddBank(version: "2");
        File.Delete(_models.AddBank(version: "3").PathOf("model.onnx"));
        _models.AddBank("other-bank");
        File.Delete(_models.AddBank("broken").PathOf("model.onnx"));
        _api = ModelApiHost.With(("Models:Root", _models.Root));
    }

    public void Dispose()
    {
        _api.Dispose();
        _models.Dispose();
    }

    [Theory]
    [InlineData("/predict", "bank", "2")]
    [InlineData("/models/bank/predict", "bank", "2")]
    [InlineData("/models/bank/versions/1/predict", "bank", "1")]
    [InlineData("/models/bank/versions/2/predict", "bank", "2")]
    [InlineData("/models/other-bank/predict", "other-bank", "1")]
    public async Task The_address_chooses_model_and_version(string path, string model, string version)
    {
        var response = await _api.Client().PredictAsync(Requests.Row().ToJsonString(), path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await response.ReadJsonAsync();
        Assert.Equal((model, version), (answer.GetProperty("model").GetString(), answer.GetProperty("version").GetString()));
    }

    [Theory]
    [InlineData(
        "/models/other-bnak/predict",
        "There is no model 'other-bnak'; did you mean 'other-bank'? Known: 'bank', 'broken', 'other-bank'.")]
    [InlineData("/models/BANK/predict", "There is no model 'BANK'; did you mean 'bank'? Known: 'bank', 'broken', 'other-bank'.")]
    [InlineData("/models/%27%0A%22/versions/1/predict", "There is no model ''\n\"'. Known: 'bank', 'broken', 'other-bank'.")]
    public async Task An_unknown_model_is_404_with_those_that_there_are(string path, string detail)
    {
        var response = await _api.Client().PredictAsync(Requests.Row().ToJsonString(), path);

        var problem = await response.ReadProblemAsync(404, "unknown-model");
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
        Assert.Equal(["bank", "broken", "other-bank"], problem.Known());
    }

    [Fact]
    public async Task An_unknown_version_is_404_with_those_that_there_are()
    {
        var response = await _api.Client().PredictAsync(Requests.Row().ToJsonString(), "/models/bank/versions/01/predict");

        var problem = await response.ReadProblemAsync(404, "unknown-version");
        Assert.Equal("Model 'bank' has no version '01'. Known: '1', '2', '3'.", problem.GetProperty("detail").GetString());
        Assert.Equal(["1", "2", "3"], problem.Known());
    }

    [Theory]
    [InlineData("/models/bank/versions/3/predict", "Version 3 of model 'bank' failed to load; GET /models/bank/versions/3 says why.")]
    [InlineData("/models/broken/predict", "No version of model 'broken' is ready; GET /models says why.")]
    public async Task A_version_that_failed_is_503(string path, string detail)
    {
        var response = await _api.Client().PredictAsync(Requests.Row().ToJsonString(), path);

        var problem = await response.ReadProblemAsync(503, "not-ready");
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_default_model_that_is_not_there_is_503_at_the_root_and_404_by_name()
    {
        using var api = ModelApiHost.With(("Models:Root", _models.Root), ("Models:Default", "missing"));

        var root = await api.Client().PredictAsync(Requests.Row().ToJsonString());
        var named = await api.Client().PredictAsync(Requests.Row().ToJsonString(), "/models/missing/predict");

        await root.ReadProblemAsync(503, "not-ready");
        await named.ReadProblemAsync(404, "unknown-model");
    }

    [Theory]
    [InlineData("/models/bank/predict")]
    [InlineData("/models/no-such-model/predict")]
    [InlineData("/models/bank/versions/1/predict")]
    public async Task Nobody_learns_without_a_key_what_there_is(string path)
    {
        var response = await _api.AnonymousClient().PredictAsync(Requests.Row().ToJsonString(), path);

        await response.ReadProblemAsync(401, "unauthorized");
    }
}
