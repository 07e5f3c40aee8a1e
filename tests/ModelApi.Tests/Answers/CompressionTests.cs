using System.IO.Compression;
using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Answers;

public sealed class CompressionTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    private static readonly string Rows = $"[{string.Join(',', Enumerable.Repeat(Requests.Row().ToJsonString(), 100))}]";

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("br;q=0.1, gzip", "gzip")]
    public async Task A_large_answer_has_the_accepted_encoding(string accepted, string encoding)
    {
        var plain = await SendAsync("/predict", Rows, "identity");

        var response = await SendAsync("/predict", Rows, accepted);

        Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        var compressed = await response.Content.ReadAsByteArrayAsync();
        var expected = await plain.Content.ReadAsByteArrayAsync();
        Assert.InRange(compressed.Length, 1, expected.Length / 5);
        Assert.Equal(expected, Unpack(compressed, encoding));
    }

    [Fact]
    public async Task A_large_problem_is_compressed_too()
    {
        var response = await SendAsync("/predict", Rows.Replace("41", "\"41\"", StringComparison.Ordinal), "gzip");

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = JsonDocument.Parse(Unpack(await response.Content.ReadAsByteArrayAsync(), "gzip")).RootElement;
        Assert.Equal(100, problem.Errors().Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("identity")]
    [InlineData("zstd")]
    [InlineData("gzip;q=0")]
    public async Task An_answer_is_not_compressed_without_a_known_accepted_encoding(string? accepted)
    {
        var response = await SendAsync("/predict", Rows, accepted);

        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Equal((await response.Content.ReadAsByteArrayAsync()).Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_small_answer_is_not_compressed()
    {
        var response = await SendAsync("/predict", Requests.Row().ToJsonString(), "gzip, br");

        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Equal((await response.Content.ReadAsByteArrayAsync()).Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task An_envelope_is_compressed_too()
    {
        var response = await SendAsync("/predict?envelope=true", Rows, "br");

        Assert.Equal(["br"], response.Content.Headers.ContentEncoding);
        var envelope = JsonDocument.Parse(Unpack(await response.Content.ReadAsByteArrayAsync(), "br")).RootElement;
        Assert.Equal(100, envelope.GetProperty("data").GetProperty("predictions").GetArrayLength());
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string body, string? accepted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Requests.Json(body) };
        if (accepted is not null)
        {
            request.Headers.Add("Accept-Encoding", accepted);
        }

        return await api.Client().SendAsync(request);
    }

    private static byte[] Unpack(byte[] content, string encoding)
    {
        using var packed = new MemoryStream(content);
        using Stream unpacking = encoding == "br"
            ? new BrotliStream(packed, CompressionMode.Decompress)
            : new GZipStream(packed, CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        unpacking.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
