using System.Text.Json.Nodes;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Deployments;

public sealed class VersionDiffTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Differences_metrics_and_arguments_of_two_versions_are_side_by_side()
    {
        _models.AddBank();
        var second = _models.AddBank(version: "2");
        second.EditManifest(manifest =>
        {
            manifest["features"]![0]!["maximum"] = 99;
            manifest["features"]![0]!["nullable"] = true;
            manifest["target"] = new JsonObject { ["name"] = "subscribed" };
        });
        second.Write("performance.json", """{"overall":{"accuracy":0.9,"gini":0.5,"huge":1e999,"averaging":"none"}}""");
        second.Write("args.json", """{"n_estimators":200,"split":{"seed":42},"new":[1]}""");

        using var host = ModelApiHost.With(("Models:Root", _models.Root));
        var reply = JsonNode.Parse(await host.Client().GetStringAsync(new Uri("/models/bank/versions/1/diff/2", UriKind.Relative)))!;

        Assert.Equal("bank 1 2 true", $"{reply["model"]} {reply["from"]} {reply["to"]} {reply["breaking"]}");
        Assert.Equal(
            [
                "$.target.name changed true \"y\" \"subscribed\"",
                "$.features[0].nullable widened false false true",
                "$.features[0].maximum widened false 95 99",
            ],
            reply["differences"]!.AsArray().Select(difference =>
                $"{difference!["path"]} {difference["change"]} {difference["breaking"]} "
                + $"{difference["old"]!.ToJsonString()} {difference["new"]!.ToJsonString()}").Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(
            "'subscribed' is predicted (before: 'y'), so answers mean something else.", (string)reply["differences"]![0]!["message"]!);
        var old = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Bank, "performance.json")))!["overall"]!;
        var metrics = reply["metrics"]!.AsArray().ToDictionary(metric => (string)metric!["name"]!, metric => metric!);
        var accuracy = (double)old["accuracy"]!;
        Assert.Equal(
            (accuracy, 0.9, 0.9 - accuracy),
            ((double)metrics["overall.accuracy"]["old"]!, (double)metrics["overall.accuracy"]["new"]!,
                (double)metrics["overall.accuracy"]["change"]!));
        Assert.Equal("""{"name":"overall.gini","old":null,"new":0.5,"change":null}""", metrics["overall.gini"].ToJsonString());
        Assert.Equal((double)old["f1"]!, (double)metrics["overall.f1"]["old"]!);
        Assert.Null(metrics["overall.f1"]["new"]);
        Assert.DoesNotContain("overall.huge", metrics.Keys);
        Assert.DoesNotContain("overall.averaging", metrics.Keys);
        var arguments = reply["arguments"]!.AsArray().Select(argument => argument!.ToJsonString()).ToList();
        Assert.Equal("""{"name":"n_estimators","old":100,"new":200}""", arguments[0]);
        Assert.Equal("""{"name":"new","old":null,"new":[1]}""", arguments[1]);
        Assert.DoesNotContain(arguments, argument => argument.Contains("\"split.seed\"", StringComparison.Ordinal));
        Assert.Contains("""{"name":"max_depth","old":12,"new":null}""", arguments);
    }

    [Fact]
    public async Task A_version_does_not_differ_from_itself()
    {
        using var host = new ModelApiHost();

        var reply = JsonNode.Parse(
            await host.Client().GetStringAsync(new Uri("/models/wine-quality/versions/1/diff/1", UriKind.Relative)))!;

        Assert.False((bool)reply["breaking"]!);
        Assert.Empty(reply["differences"]!.AsArray());
        Assert.Empty(reply["arguments"]!.AsArray());
        Assert.NotEmpty(reply["metrics"]!.AsArray());
        Assert.All(reply["metrics"]!.AsArray(), metric => Assert.Equal(0, (double)metric!["change"]!));
    }

    [Fact]
    public async Task A_model_or_version_that_does_not_exist_or_failed_is_named()
    {
        _models.AddBank();
        File.Delete(_models.AddBank(version: "2").PathOf("model.onnx"));
        using var host = ModelApiHost.With(("Models:Root", _models.Root));
        var client = host.Client();

        await (await client.GetAsync("/models/bnak/versions/1/diff/2")).ReadProblemAsync(404, "unknown-model");
        await (await client.GetAsync("/models/bank/versions/1/diff/3")).ReadProblemAsync(404, "unknown-version");
        await (await client.GetAsync("/models/bank/versions/3/diff/1")).ReadProblemAsync(404, "unknown-version");
        var problem = await (await client.GetAsync("/models/bank/versions/1/diff/2")).ReadProblemAsync(503, "not-ready");
        Assert.StartsWith(
            "Version 2 of model 'bank' cannot be compared", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await (await host.AnonymousClient().GetAsync("/models/bank/versions/1/diff/1")).ReadProblemAsync(401, "unauthorized");
    }
}
