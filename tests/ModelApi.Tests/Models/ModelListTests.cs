using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Models;

public sealed class ModelListTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Every_version_is_listed_with_its_state_and_its_faults()
    {
        _models.AddBank();
        _models.AddBank(version: "2");
        File.Delete(_models.AddBank(version: "3").PathOf("model.onnx"));
        using var host = ModelApiHost.With(("Models:Root", _models.Root));

        var answer = await (await host.Client().GetAsync(new Uri("/models", UriKind.Relative))).ReadJsonAsync();

        Assert.Equal("bank", answer.GetProperty("default").GetString());
        var bank = Assert.Single(answer.GetProperty("models").EnumerateArray());
        Assert.Equal(("bank", "2"), (bank.GetProperty("name").GetString(), bank.GetProperty("production").GetString()));
        Assert.Equal(
            ["1 ready None", "2 ready Production", "3 failed None"],
            bank.GetProperty("versions").EnumerateArray()
                .Select(version => $"{Text(version, "version")} {Text(version, "state")} {Text(version, "stage")}"));
        var second = bank.GetProperty("versions")[1];
        Assert.Equal("compiled", Text(second, "engine"));
        Assert.Matches("^sha256:[0-9a-f]{64}$", Text(second, "digest"));
        Assert.Equal(200, second.GetProperty("goldenRows").GetInt32());
        Assert.InRange(second.GetProperty("largestDifference").GetDouble(), 0, 1e-6);
        var fault = Assert.Single(bank.GetProperty("versions")[2].GetProperty("faults").EnumerateArray());
        Assert.Equal("The file is missing.", Text(fault, "message"));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
