using System.Net;
using System.Text.Json.Nodes;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

/// <summary>The bank model of ML.NET as the zip that it was saved as, rather than as its graph.</summary>
public sealed class MlNetTests : IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly ModelApiHost _host;

    public MlNetTests()
    {
        var bundle = TemporaryBundle.Copy(Path.Combine(Repository.Models, "bank-mlnet", "1"), _models.Root, "zipped", "1");
        bundle.EditManifest(manifest =>
        {
            manifest.AsObject().Remove("graphs");
            manifest["model"] = new JsonObject { ["file"] = "model.zip", ["reason"] = "A test wants the zip." };
        });
        _host = ModelApiHost.With(("Models:Root", _models.Root), ("Models:Default", "zipped"));
    }

    public void Dispose()
    {
        _host.Dispose();
        _models.Dispose();
    }

    [Fact]
    public async Task All_golden_rows_get_the_answers_of_ML_NET()
    {
        var golden = Golden.Read(Path.Combine(_models.Root, "zipped", "1"));

        var response = await _host.Client().PredictAsync($"[{string.Join(',', golden.Select(row => row.Input))}]", "/predict");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answers = (await response.ReadJsonAsync()).GetProperty("predictions").EnumerateArray().ToList();
        Assert.Equal(golden.Count, answers.Count);
        foreach (var (row, answer) in golden.Zip(answers))
        {
            row.AssertIs(answer);
        }
    }

    [Fact]
    public async Task The_engine_and_the_reason_for_it_are_told()
    {
        var model = await (await _host.Client().GetAsync("/models/zipped")).ReadJsonAsync();

        var text = model.GetRawText();
        Assert.Contains("\"mlnet 5.", text, StringComparison.Ordinal);
        Assert.Contains("A test wants the zip.", text, StringComparison.Ordinal);
    }
}
