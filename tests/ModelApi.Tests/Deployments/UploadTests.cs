using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ModelApi.Tests.Fixtures;
using ModelApi.Tests.OpenApi;

namespace ModelApi.Tests.Deployments;

/// <summary>Bundles that come over HTTP, and how they are answered.</summary>
public sealed class UploadTests : IDisposable
{
    private const string Address = "/models/cancer/versions/1";

    private static readonly string[] OnTheWay = ["received", "checking", "loading", "ready"];

    private readonly UploadHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_version_of_a_new_model_is_proved_loaded_and_called_by_its_number_and_serves_nobody_else()
    {
        var archive = UploadHost.Zip(_host.Bundle().Folder);

        var accepted = await _host.PutAsync(Address, archive, ("Content-Type", "application/zip"));

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal(Address, accepted.Headers.Location!.OriginalString);
        Assert.Equal(TagOf(archive), accepted.Headers.ETag!.Tag);
        var reply = await accepted.ReadJsonAsync();
        Assert.Contains(reply.GetProperty("state").GetString(), OnTheWay);
        Assert.Equal(archive.Length, reply.GetProperty("bytes").GetInt64());
        Assert.Equal("ready", await StateAsync());
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(Address)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PredictAsync("/models/cancer")).StatusCode);
    }

    [Fact]
    public async Task The_answer_waits_if_it_is_asked_to_and_the_same_bytes_again_change_nothing()
    {
        var folder = _host.Bundle().Folder;
        var archive = UploadHost.Zip(folder);

        var created = await _host.PutAsync(Address + "?wait=true", archive);
        var again = await _host.PutAsync(Address + "?wait=true", archive);
        var withoutWaiting = await _host.PutAsync(Address, archive);
        var packedOtherwise = await _host.PutAsync(Address, UploadHost.Tar(folder));

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("ready", (await created.ReadJsonAsync()).GetProperty("state").GetString());
        Assert.Equal(Address, created.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(TagOf(archive), again.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.OK, withoutWaiting.StatusCode);
        await packedOtherwise.ReadProblemAsync(409, "conflict");
        Assert.Equal("ready", await StateAsync());
    }

    [Fact]
    public async Task A_bundle_that_fails_says_why_and_stays_as_failed()
    {
        var bundle = _host.Bundle();
        File.WriteAllText(bundle.PathOf("golden.jsonl"), "{}");

        using var answer = await _host.PutAsync(Address + "?wait=true", UploadHost.Tar(bundle.Folder));

        var failed = await answer.ReadProblemAsync(422, "invalid-bundle");

        Assert.Contains("golden.jsonl", failed.GetProperty("faults")[0].GetString(), StringComparison.Ordinal);
        Assert.True(failed.GetProperty("faultCount").GetInt64() > 0);
        Assert.Equal("failed", await StateAsync());
    }

    [Fact]
    public async Task A_body_that_is_no_archive_is_refused_with_the_reason()
    {
        var bundle = _host.Bundle();
        var zip = UploadHost.Zip(bundle.Folder);

        await AssertBadAsync("a bundle"u8.ToArray(), "neither");
        await AssertBadAsync([], "empty");
        await AssertBadAsync(zip[..^1], "cut off");
        await AssertBadAsync(UploadHost.Zip(Path.GetDirectoryName(bundle.Folder)!), "at the root of the archive");
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.GetAsync("/models/cancer")).StatusCode);
        Assert.Empty(_host.Left);

        async Task AssertBadAsync(byte[] archive, string reason)
        {
            var problem = await (await _host.PutAsync(Address, archive)).ReadProblemAsync(400, "bad-archive");
            Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_head_that_is_wrong_is_refused_before_the_body_is_read()
    {
        await AssertAsync(415, "unsupported-media-type", ("Content-Type", "application/json"));
        await AssertAsync(415, "unsupported-media-type", ("Content-Type", "multipart/form-data; boundary=x"));
        await AssertAsync(415, "unsupported-media-type", ("Content-Encoding", "gzip"));
        await AssertAsync(400, "invalid-header", ("Content-Digest", "sha-256=abc"));
        Assert.Empty(_host.Left);

        async Task AssertAsync(int status, string type, (string Name, string Value) header) =>
            await (await _host.PutAsync(Address, "PK\x03\x04"u8.ToArray(), header)).ReadProblemAsync(status, type);
    }

    [Fact]
    public async Task Digests_are_compared_with_what_came()
    {
        var archive = UploadHost.Zip(_host.Bundle().Folder);
        var (sha256, sha512) = (Convert.ToBase64String(SHA256.HashData(archive)), Convert.ToBase64String(SHA512.HashData(archive)));
        var other = Convert.ToBase64String(SHA256.HashData([]));

        var wrong = await _host.PutAsync(Address, archive, ("Content-Digest", $"sha-512=:{sha512}:, sha-256=:{other}:"));
        var absent = await _host.Client.GetAsync(Address);
        var right = await _host.PutAsync(Address, archive, ("Content-Digest", $"sha-256=:{sha256}:, sha-512=:{sha512}:, md5=:AAAA:"));

        Assert.Contains("sha-256", (await wrong.ReadProblemAsync(400, "digest-mismatch")).GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, right.StatusCode);
    }

    [Theory]
    [InlineData("/models/Cancer/versions/1", 400, "invalid-parameter")]
    [InlineData("/models/a%20b/versions/1", 400, "invalid-parameter")]
    [InlineData("/models/cancer/versions/latest", 400, "invalid-parameter")]
    [InlineData("/models/cancer/versions/01", 400, "invalid-parameter")]
    [InlineData("/models/cancer/versions/1?wait=1", 400, "invalid-parameter")]
    [InlineData("/models/cancer/versions/1?wiat=true", 400, "invalid-parameter")]
    [InlineData("/models/cancer/versions/2", 422, "invalid-body")]
    [InlineData("/models/cancers/versions/1", 422, "invalid-body")]
    public async Task An_address_that_is_not_that_of_the_bundle_is_refused(string address, int status, string type)
    {
        await (await _host.PutAsync(address, UploadHost.Zip(_host.Bundle().Folder))).ReadProblemAsync(status, type);

        Assert.Empty(_host.Left);
    }

    [Fact]
    public async Task A_bundle_comes_back_as_it_was_sent_also_in_parts_and_after_a_restart()
    {
        var archive = UploadHost.Zip(_host.Bundle().Folder);
        await _host.PutAsync(Address + "?wait=true", archive);
        for (var run = 0; run < 2; run++)
        {
            Assert.Equal("ready", await StateAsync());

            var whole = await _host.Client.GetAsync(Address + "/bundle");
            var part = await GetAsync("Range", "bytes=10-19");
            var unchanged = await GetAsync("If-None-Match", TagOf(archive));

            Assert.Equal(archive, await whole.Content.ReadAsByteArrayAsync());
            Assert.Equal("application/zip", whole.Content.Headers.ContentType!.MediaType);
            Assert.Equal("cancer-1.zip", whole.Content.Headers.ContentDisposition!.FileName);
            Assert.Equal(TagOf(archive), whole.Headers.ETag!.Tag);
            Assert.Equal(
                $"sha-256=:{Convert.ToBase64String(SHA256.HashData(archive))}:", Assert.Single(whole.Headers.GetValues("Repr-Digest")));
            Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
            Assert.Equal(archive[10..20], await part.Content.ReadAsByteArrayAsync());
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            _host.Store.Restart();
        }
    }

    [Fact]
    public async Task A_bundle_of_the_folder_of_models_comes_as_an_archive_that_is_always_the_same()
    {
        using var store = new StoreHost("1");

        var first = await store.Client.GetAsync("/models/bank/versions/1/bundle");
        var again = await store.Client.GetAsync("/models/bank/versions/1/bundle");

        var archive = await first.Content.ReadAsByteArrayAsync();
        Assert.Equal(archive, await again.Content.ReadAsByteArrayAsync());
        Assert.Equal(TagOf(archive), first.Headers.ETag!.Tag);
        Assert.Equal(archive.Length, first.Content.Headers.ContentLength);
        Assert.Equal("application/gzip", first.Content.Headers.ContentType!.MediaType);
        using var uploaded = await _host.PutAsync("/models/bank/versions/1?wait=true", archive);
        Assert.Equal(HttpStatusCode.Created, uploaded.StatusCode);
        await (await store.Client.GetAsync("/models/bank/versions/2/bundle")).ReadProblemAsync(404, "unknown-version");
    }

    [Fact]
    public async Task A_version_of_the_folder_of_models_takes_no_upload()
    {
        using var store = new StoreHost("1");
        using var content = new ByteArrayContent(UploadHost.Zip(Path.Combine(store.Models.Root, "bank", "1")));

        var refused = await store.Client.PutAsync("/models/bank/versions/1", content);

        await refused.ReadProblemAsync(409, "conflict");
    }

    [Fact]
    public async Task Without_a_data_folder_uploads_are_503_with_the_reason()
    {
        using var host = new UploadHost(("Storage:Folder", ""));

        var refused = await host.PutAsync(Address, "PK\x03\x04"u8.ToArray());

        var problem = await refused.ReadProblemAsync(503, "store-unavailable");
        Assert.Contains("Storage:Folder", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_callers_that_upload_the_same_bytes_at_once_all_succeed()
    {
        var archive = UploadHost.Zip(_host.Bundle().Folder);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _host.PutAsync(Address + "?wait=true", archive)));

        Assert.All(answers, answer => Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}"));
        Assert.Equal("ready", await StateAsync());
    }

    [Fact]
    public async Task The_document_describes_archives_digests_and_what_an_upload_ends_in()
    {
        var document = await Document.ReadAsync(_host.Store.Host);

        var upload = document.Operation("/models/{name}/versions/{version}", "put");
        var download = document.Operation("/models/{name}/versions/{version}/bundle", "get");

        Assert.Equal(["application/zip", "application/gzip"], MediaTypes(upload.GetProperty("requestBody")));
        Assert.Equal(["application/zip", "application/gzip"], MediaTypes(document.Response(download, "200")));
        Assert.Equal(
            [
                "bad-archive", "conflict", "digest-mismatch", "invalid-body", "invalid-bundle", "invalid-header", "invalid-parameter",
                "overloaded", "store-unavailable", "too-large", "unsupported-media-type",
            ],
            document.Problems(upload).Keys.Order(StringComparer.Ordinal).Where(type => type != "unauthorized"));
        var shown = document.Problems(upload)["unsupported-media-type"];
        using var refused = await _host.PutAsync(Address, [], ("Content-Type", "text/plain"));
        Assert.Equal(
            shown.GetProperty("detail").GetString(),
            (await refused.ReadProblemAsync(415, "unsupported-media-type")).GetProperty("detail").GetString());

        static IEnumerable<string> MediaTypes(JsonElement holder) =>
            holder.GetProperty("content").EnumerateObject().Select(content => content.Name);
    }

    private static string TagOf(byte[] archive) => $"\"sha256:{Convert.ToHexStringLower(SHA256.HashData(archive))}\"";

    private async Task<HttpResponseMessage> GetAsync(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address + "/bundle");
        request.Headers.TryAddWithoutValidation(header, value);
        return await _host.Client.SendAsync(request);
    }

    private async Task<string> StateAsync()
    {
        for (var patience = 0; ; patience++)
        {
            var state = (await (await _host.Client.GetAsync(Address)).ReadJsonAsync()).GetProperty("state").GetString()!;
            if (state is "ready" or "failed")
            {
                return state;
            }

            Assert.True(patience < 600, $"Still {state}.");
            await Task.Delay(100);
        }
    }

    private Task<HttpResponseMessage> PredictAsync(string address)
    {
        var golden = File.ReadLines(Path.Combine(Repository.Models, "breast-cancer", "1", "golden.jsonl")).First();
        var row = JsonDocument.Parse(golden).RootElement.GetProperty("input").GetRawText();
        return _host.Client.PredictAsync(row, address + "/predict");
    }
}
