using System.Net;
using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Models;

public sealed class ModelDescriptionTests : IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly ModelApiHost _api;

    public ModelDescriptionTests()
    {
        _models.AddBank();
        _models.AddBank(version: "2");
        File.Delete(_models.AddBank(version: "3").PathOf("model.onnx"));
        _api = ModelApiHost.With(("Models:Root", _models.Root));
    }

    public void Dispose()
    {
        _api.Dispose();
        _models.Dispose();
    }

    [Fact]
    public async Task A_model_is_described_with_its_versions_and_their_signatures()
    {
        var model = await (await _api.Client().GetAsync("/models/bank")).ReadJsonAsync();

        Assert.Equal(("bank", "2"), (Text(model, "name"), Text(model, "production")));
        Assert.Equal(["1", "2", "3"], model.GetProperty("versions").EnumerateArray().Select(version => Text(version, "version")));
        var versions = model.GetProperty("versions").EnumerateArray();
        Assert.Equal([true, true, false], versions.Select(version => version.TryGetProperty("signature", out _)));
    }

    [Fact]
    public async Task A_version_is_described_with_state_stage_engine_digest_signature_and_load_time()
    {
        var version = await (await _api.Client().GetAsync("/models/bank/versions/2")).ReadJsonAsync();

        // The engines are compared once all models are ready.
        while (Text(version, "engineReason")!.EndsWith("not compared yet.", StringComparison.Ordinal))
        {
            await Task.Delay(20);
            version = await (await _api.Client().GetAsync("/models/bank/versions/2")).ReadJsonAsync();
        }

        Assert.Equal(("2", "ready", "Production"), (Text(version, "version"), Text(version, "state"), Text(version, "stage")));
        Assert.Equal("compiled", Text(version, "engine"));
        Assert.StartsWith(
            "Compiled: it gives the trainer's answers to 200 golden rows, and ONNX Runtime's to 256 reference rows.",
            Text(version, "engineReason"),
            StringComparison.Ordinal);
        Assert.Matches(
            "^100 trees, 108608 nodes of 8 bytes, 8 inputs; one row: .+ µs a row; .+; many rows: .+ µs a row; ", Text(version, "kernels"));
        Assert.Matches("^sha256:[0-9a-f]{64}$", Text(version, "digest"));
        Assert.InRange(version.GetProperty("loadMilliseconds").GetDouble(), 0.1, 60_000);
        Assert.Empty(version.GetProperty("faults").EnumerateArray());
        var signature = await (await _api.Client().GetAsync("/models/bank/signature")).ReadJsonAsync();
        Assert.Equal(signature.GetRawText(), version.GetProperty("signature").GetRawText());
    }

    [Fact]
    public async Task A_version_that_failed_is_described_with_its_reasons()
    {
        var version = await (await _api.Client().GetAsync("/models/bank/versions/3")).ReadJsonAsync();

        Assert.Equal(("failed", "None"), (Text(version, "state"), Text(version, "stage")));
        var fault = Assert.Single(version.GetProperty("faults").EnumerateArray());
        Assert.Equal(("model.onnx", "The file is missing."), (Text(fault, "file"), Text(fault, "message")));
    }

    [Theory]
    [InlineData("/models/bnak", "unknown-model", "bank")]
    [InlineData("/models/bnak/versions/1", "unknown-model", "bank")]
    [InlineData("/models/bank/versions/4", "unknown-version", "1", "2", "3")]
    [InlineData("/models/bnak/signature", "unknown-model", "bank")]
    public async Task What_there_is_not_is_404_with_what_there_is(string path, string type, params string[] known)
    {
        var response = await _api.Client().GetAsync(path);

        var problem = await response.ReadProblemAsync(404, type);
        Assert.Equal(known, problem.Known());
    }

    [Fact]
    public async Task What_depends_on_the_bundle_alone_is_fetched_once()
    {
        string[] paths =
        [
            "/signature", "/example", "/performance", "/performance?filter=overall", "/args", "/args/seed", "/code?language=go",
            "/models/bank/args",
        ];
        foreach (var path in paths)
        {
            var first = await _api.Client().GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            Assert.Equal("no-cache, private", first.Headers.CacheControl!.ToString());

            foreach (var (held, expected) in new[]
            {
                (first.Headers.ETag!.ToString(), HttpStatusCode.NotModified),
                ($"\"other\", {first.Headers.ETag}", HttpStatusCode.NotModified),
                ("*", HttpStatusCode.NotModified),
                ("W/\"other\"", HttpStatusCode.OK), ("nonsense", HttpStatusCode.OK),
            })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.TryAddWithoutValidation("If-None-Match", held);
                var second = await _api.Client().SendAsync(request);

                Assert.True(expected == second.StatusCode, $"{path}, {held}: {second.StatusCode}");
                Assert.Equal(first.Headers.ETag, second.Headers.ETag);
                Assert.Equal(expected == HttpStatusCode.OK, (await second.Content.ReadAsByteArrayAsync()).Length > 0);
            }
        }
    }

    [Fact]
    public async Task Another_bundle_has_another_ETag()
    {
        using var other = new TemporaryModels();
        other.AddBank().EditManifest(manifest => manifest["description"] = "Another description.");
        using var host = ModelApiHost.With(("Models:Root", other.Root));

        var here = await _api.Client().GetAsync("/example");
        var there = await host.Client().GetAsync("/example");

        Assert.NotEqual(here.Headers.ETag, there.Headers.ETag);
    }

    [Theory]
    [InlineData("/args/nope")]
    [InlineData("/code")]
    [InlineData("/models")]
    public async Task What_changes_without_the_bundle_has_no_ETag(string path)
    {
        var response = await _api.Client().GetAsync(path);

        Assert.Null(response.Headers.ETag);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
