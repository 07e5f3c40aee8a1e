using System.Net;
using System.Text.Json.Nodes;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Models;

public sealed class ModelPartTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    public static TheoryData<string> Models => [.. Repository.Bundles.Select(bundle => bundle.Split('/')[0]).Distinct()];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_signature_says_what_the_manifest_says(string model)
    {
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Models, model, "1", "model.json")))!;

        var signature = JsonNode.Parse(await api.Client().GetStringAsync(new Uri($"/models/{model}/signature", UriKind.Relative)))!;

        Assert.Equal(manifest["name"]!.GetValue<string>(), signature["model"]!.GetValue<string>());
        Assert.Equal(manifest["target"]!["name"]!.GetValue<string>(), signature["target"]!.GetValue<string>());
        Assert.Equal(manifest["instancesKey"]?.GetValue<string>() ?? "instances", signature["instancesKey"]!.GetValue<string>());
        foreach (var key in new[] { "version", "task", "classes", "unknownCategory" })
        {
            Assert.True(JsonNode.DeepEquals(manifest[key], signature[key]), key);
        }

        foreach (var (expected, actual) in manifest["features"]!.AsArray().Zip(signature["features"]!.AsArray()))
        {
            expected!.AsObject().TryAdd("nullable", false);
            if (expected["type"]!.GetValue<string>() == "string" && expected["categories"] is null)
            {
                expected.AsObject().TryAdd("maximumLength", 100_000);
            }

            Assert.Equal(
                expected.AsObject()
                    .Where(member => member.Key != "minimumLength" || member.Value!.GetValue<int>() > 0)
                    .Select(member => member.Key)
                    .Order(StringComparer.Ordinal),
                actual!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
            foreach (var (key, value) in actual.AsObject())
            {
                Assert.True(
                    JsonNode.DeepEquals(expected[key], value) || expected[key]!.GetValue<double>() == value!.GetValue<double>(),
                    $"{expected["name"]}: {key}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_example_can_be_sent_as_it_is(string model)
    {
        var example = await api.Client().GetStringAsync(new Uri($"/models/{model}/example", UriKind.Relative));

        var response = await api.Client().PredictAsync(example, $"/models/{model}/predict");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False((await response.ReadJsonAsync()).TryGetProperty("warnings", out _));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Performance_and_arguments_are_the_bundles_own(string model)
    {
        foreach (var (path, file) in new[] { ("performance", "performance.json"), ("args", "args.json") })
        {
            var expected = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Models, model, "1", file)));

            var answer = JsonNode.Parse(await api.Client().GetStringAsync(new Uri($"/models/{model}/{path}", UriKind.Relative)));

            Assert.True(JsonNode.DeepEquals(expected, answer), path);
        }
    }

    [Theory]
    [InlineData("/signature")]
    [InlineData("/example")]
    [InlineData("/performance")]
    [InlineData("/performance?filter=overall.n")]
    [InlineData("/args")]
    [InlineData("/args/n_estimators")]
    public async Task At_the_root_it_is_the_default_models(string path)
    {
        var root = await api.Client().GetStringAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(await api.Client().GetStringAsync(new Uri("/models/bank" + path, UriKind.Relative)), root);
    }

    [Theory]
    [InlineData("/performance?filter=dataset", "\"held-out\"")]
    [InlineData("/performance?filter=overall.n", "9043")]
    [InlineData("/performance?filter=slices.1.value", "\"30-39\"")]
    [InlineData("/performance?filter=slices[1].value", "\"30-39\"")]
    [InlineData("/performance?filter=confusion_matrix.values[1][0]", "860")]
    [InlineData("/performance?filter=overall.mean_probability", """{"no":0.8844263420990086,"yes":0.11557365790099332}""")]
    [InlineData("/args/n_estimators", "100")]
    [InlineData("/args/split.seed", "42")]
    [InlineData("/args/versions.scikit-learn", "\"1.2.1\"")]
    public async Task A_part_is_answered_as_it_is(string path, string expected)
    {
        var response = await api.Client().GetAsync(path);

        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(
        "/performance?filter=overal",
        "has no 'overal'; did you mean 'overall'? Known: 'dataset', 'overall', 'per_class', 'confusion_matrix', 'slices'.")]
    [InlineData(
        "/performance?filter=overall.acuracy",
        "at 'overall' has no 'acuracy'; did you mean 'accuracy'? Known: 'n', 'accuracy', 'precision', 'recall', 'f1', 'averaging', "
        + "'roc_auc', 'log_loss', 'mean_probability'.")]
    [InlineData("/performance?filter=per_class.maybe.f1", "at 'per_class' has no 'maybe.f1'. Known: 'no', 'yes'.")]
    [InlineData("/performance?filter=confusion_matrix.values[2]", "at 'confusion_matrix.values' has no '[2]'. Known: '0', '1'.")]
    [InlineData("/performance?filter=overall.n.more", "at 'overall.n' has no 'more'. There are none.")]
    [InlineData(
        "/args/sead",
        "has no 'sead'; did you mean 'seed'? Known: 'algorithm', 'n_estimators', 'max_depth', 'min_samples_leaf', 'random_state', "
        + "'encoder', 'seed', 'split', 'class_balance_train', 'versions'.")]
    public async Task An_unknown_part_is_404_with_those_that_there_are_at_that_place(string path, string detail)
    {
        var response = await api.Client().GetAsync(path);

        var problem = await response.ReadProblemAsync(404, "unknown-part");
        Assert.EndsWith(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_that_does_not_say_is_404()
    {
        using var models = new TemporaryModels();
        var bundle = models.AddBank();
        bundle.Remove("performance.json");
        bundle.Remove("args.json");
        using var host = ModelApiHost.With(("Models:Root", models.Root));

        (string, string)[] parts =
        [
            ("/performance", "performance.json"), ("/performance?filter=overall", "performance.json"),
            ("/args", "args.json"), ("/args/seed", "args.json"),
        ];
        foreach (var (path, file) in parts)
        {
            var problem = await (await host.Client().GetAsync(path)).ReadProblemAsync(404, "not-in-bundle");
            Assert.Equal($"The bundle of model 'bank', version 1, holds no {file}.", problem.GetProperty("detail").GetString());
        }
    }
}
