using System.Net;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Models;

/// <summary>Which model the routes without a name serve when <c>Models:Default</c> is empty.</summary>
public sealed class DefaultModelTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task The_only_model_is_the_default()
    {
        _models.AddBank("churn");
        using var api = ModelApiHost.With(("Models:Root", _models.Root), ("Models:Default", ""));

        var prediction = await api.Client().PredictAsync(Requests.Row().ToJsonString());
        var list = await (await api.Client().GetAsync(new Uri("/models", UriKind.Relative))).ReadJsonAsync();

        Assert.Equal(HttpStatusCode.OK, prediction.StatusCode);
        Assert.Equal("churn", (await prediction.ReadJsonAsync()).GetProperty("model").GetString());
        Assert.Equal("churn", list.GetProperty("default").GetString());
    }

    [Fact]
    public async Task Of_several_models_none_is_the_default_and_the_root_is_404_and_lists_them()
    {
        _models.AddBank("churn");
        _models.AddBank("bank");
        using var api = ModelApiHost.With(("Models:Root", _models.Root), ("Models:Default", ""));

        var root = await api.Client().PredictAsync(Requests.Row().ToJsonString());
        var named = await api.Client().PredictAsync(Requests.Row().ToJsonString(), "/models/churn/predict");
        var ready = await api.AnonymousClient().GetAsync(new Uri("/health/ready", UriKind.Relative));

        var problem = await root.ReadProblemAsync(404, "unknown-model");
        Assert.Equal(
            "There is no default model: set Models:Default, or call /models/{name}/predict. Known: 'bank', 'churn'.",
            problem.GetProperty("detail").GetString());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (named.StatusCode, ready.StatusCode));
    }
}
