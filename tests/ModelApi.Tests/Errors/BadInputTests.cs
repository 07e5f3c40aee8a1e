using System.Net;
using System.Text;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Errors;

public sealed class BadInputTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    private const string Good =
        """{"age":41,"job":"management","marital":"married","education":"tertiary","balance":1506"""
        + ""","housing":"yes","duration":261,"campaign":1}""";

    public static TheoryData<string, int, int> Malformed => new()
    {
        { "", 1, 1 },
        { "   ", 1, 1 },
        { "age=41", 1, 1 },
        { "{\"age\":41,\n\"job\":management}", 2, 7 },
        { Good[..^1], 1, Good.Length },
        { Good.Replace("41", "NaN", StringComparison.Ordinal), 1, 8 },
        { Good.Replace("41", "Infinity", StringComparison.Ordinal), 1, 8 },
        { Good.Replace("41", "-Infinity", StringComparison.Ordinal), 1, 9 },
        { Good + Good, 1, Good.Length + 1 },
        { Good.Replace("41", new string('[', 200) + new string(']', 200), StringComparison.Ordinal), 1, 39 },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_no_JSON_is_400_with_line_and_position(string body, int line, int position)
    {
        var response = await api.Client().PredictAsync(body);

        var problem = await response.ReadProblemAsync(400, "malformed-json");
        Assert.Equal((line, position), (problem.GetProperty("line").GetInt32(), problem.GetProperty("position").GetInt32()));
        Assert.StartsWith($"Line {line}, position {position}: ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_400()
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(Good[..^2]), 0xFF, 0xFE, (byte)'}']);
        content.Headers.ContentType = new("application/json");

        var response = await api.Client().PostAsync(new Uri("/predict", UriKind.Relative), content);

        var problem = await response.ReadProblemAsync(400, "malformed-json");
        Assert.Contains("UTF-8", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"age\":41,", "", "/age: Missing; must be an integer.")]
    [InlineData("\"marital\"", "\"martial\"", "/martial: Unknown feature; did you mean 'marital'?", "/marital: Missing; must be a string.")]
    [InlineData("\"age\":41", "\"age\":41,\"zzz\":1", "/zzz: Unknown feature; leave it out.")]
    [InlineData("\"age\":41", "\"age\":41,\"instances\":[]", "/instances: 'instances' holds rows; send it alone, without other keys.")]
    [InlineData("41", "\"41\"", "/age: Must be an integer, not a string.")]
    [InlineData("\"married\"", "7", "/marital: Must be a string, not a number.")]
    [InlineData("41", "true", "/age: Must be an integer, not a boolean.")]
    [InlineData("41", "[41]", "/age: Must be an integer, not an array.")]
    [InlineData("41", "{\"value\":41}", "/age: Must be an integer, not an object.")]
    [InlineData("41", "\"NaN\"", "/age: Must be an integer; JSON has no NaN or Infinity.")]
    [InlineData("41", "1e400", "/age: Out of range; must be within ±3.4e38, the range of a 32-bit float.")]
    [InlineData("41", "1.5", "/age: Must be an integer, not a number with a fraction.")]
    [InlineData("41", "null", "/age: Must be an integer, not null.")]
    [InlineData("\"married\"", "null", "/marital: Must be a string, not null.")]
    [InlineData("\"age\":41", "\"age\":41,\"age\":42", "/age: Given more than once; send each feature once.")]
    [InlineData("\"married\"", "\"\\udc00\"", "/marital: Not valid text: it holds half of a surrogate pair.")]
    public async Task A_wrong_feature_is_422_by_pointer(string good, string bad, params string[] errors)
    {
        var response = await api.Client().PredictAsync(Good.Replace(good, bad, StringComparison.Ordinal));

        var problem = await response.ReadProblemAsync(422, "invalid-features");
        Assert.Equal(errors, problem.Errors());
    }

    [Theory]
    [InlineData(
        "7",
        ": Send one object with the features, an array of such objects, or an object with the array under 'instances', not a number.")]
    [InlineData("[]", ": Holds no rows; send at least one object with the features.")]
    [InlineData("[[1,2]]", "/0: Must be an object with the features, not an array.")]
    [InlineData("""{"instances":{"age":41}}""", "/instances: Must be an array of objects, not an object.")]
    public async Task A_wrong_shape_is_422(string body, string error)
    {
        var response = await api.Client().PredictAsync(body);

        var problem = await response.ReadProblemAsync(422, "invalid-features");
        Assert.Equal([error], problem.Errors());
    }

    [Fact]
    public async Task All_faults_of_a_row_come_in_one_answer()
    {
        var response = await api.Client().PredictAsync(
            """{"age":"41","job":7,"maritl":"single","balance":1.5,"housing":null,"duration":1e400,"campaign":1,"campaign":2}""");

        var problem = await response.ReadProblemAsync(422, "invalid-features");
        Assert.Equal(
            ["/age", "/job", "/maritl", "/balance", "/housing", "/duration", "/campaign", "/marital", "/education"],
            problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task An_unknown_category_is_422_with_the_known_ones_where_the_manifest_says_reject()
    {
        using var models = new TemporaryModels();
        var bundle = models.AddBank();
        var known = File.ReadLines(bundle.PathOf("golden.jsonl"))
            .Where(line => !line.Contains("unknown-category", StringComparison.Ordinal));
        bundle.Write("golden.jsonl", string.Join('\n', known));
        bundle.EditManifest(manifest => manifest["unknownCategory"] = "reject");
        using var host = ModelApiHost.With(("Models:Root", models.Root));

        var response = await host.Client().PredictAsync(Good.Replace("married", "maried", StringComparison.Ordinal));

        var problem = await response.ReadProblemAsync(422, "invalid-features");
        Assert.Equal(["/marital: Unknown category; did you mean 'married'? Known: 'divorced', 'married', 'single'."], problem.Errors());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_413(bool withLength)
    {
        using var host = ModelApiHost.With(("Limits:MaxRequestBodyBytes", "2000"));
        var bytes = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(Good, 100))}]");
        using HttpContent content = withLength ? new ByteArrayContent(bytes) : new StreamContent(new UnsizedStream(bytes));
        content.Headers.ContentType = new("application/json");

        var response = await host.Client().PostAsync(new Uri("/predict", UriKind.Relative), content);

        var problem = await response.ReadProblemAsync(413, "too-large");
        Assert.Equal(2000, problem.GetProperty("maxBytes").GetInt32());
    }

    [Fact]
    public async Task A_small_body_that_unpacks_to_a_large_one_is_413()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(
            packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.ASCII.GetBytes(new string(' ', 50_000_000)));
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");

        var response = await api.Client().PostAsync(new Uri("/predict", UriKind.Relative), content);

        Assert.InRange(packed.Length, 1, 100_000);
        await response.ReadProblemAsync(413, "too-large");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_body_that_is_not_what_its_encoding_says_is_400(string encoding)
    {
        using var content = new ByteArrayContent([0xFF, 0x00, .. Encoding.UTF8.GetBytes(Good)]);
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add(encoding);

        var response = await api.Client().PostAsync(new Uri("/predict", UriKind.Relative), content);

        await response.ReadProblemAsync(400, "bad-request");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_packed_body_is_read_whole_and_refused_at_every_length_below(string encoding)
    {
        var packed = Pack(encoding, Encoding.UTF8.GetBytes(Good));
        var client = api.Client();

        for (var length = 1; length < packed.Length; length++)
        {
            await (await PostPackedAsync(client, encoding, packed[..length])).ReadProblemAsync(400, "bad-request");
        }

        Assert.Equal(HttpStatusCode.OK, (await PostPackedAsync(client, encoding, packed)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostPackedAsync(client, encoding.ToUpperInvariant(), packed)).StatusCode);
    }

    [Fact]
    public async Task What_follows_the_packed_data_is_ignored_and_further_members_are_read()
    {
        var (first, second) = (Pack("gzip", Encoding.UTF8.GetBytes(Good[..30])), Pack("gzip", Encoding.UTF8.GetBytes(Good[30..])));

        var members = await PostPackedAsync(api.Client(), "gzip", [.. first, .. second]);
        var trailing = await PostPackedAsync(api.Client(), "gzip", [.. first, .. second, .. "more"u8]);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (members.StatusCode, trailing.StatusCode));
    }

    [Theory]
    [InlineData("gzip, gzip")]
    [InlineData("gzip,identity")]
    [InlineData("x-gzip")]
    public async Task Several_encodings_and_unknown_ones_are_415(string encoding)
    {
        var packed = Pack("gzip", Pack("gzip", Encoding.UTF8.GetBytes(Good)));

        await (await PostPackedAsync(api.Client(), encoding, packed)).ReadProblemAsync(415, "unsupported-media-type");
    }

    private static byte[] Pack(string encoding, byte[] body)
    {
        using var packed = new MemoryStream();
        using (Stream packer = encoding switch
        {
            "gzip" => new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress),
            "br" => new System.IO.Compression.BrotliStream(packed, System.IO.Compression.CompressionMode.Compress),
            _ => new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionMode.Compress),
        })
        {
            packer.Write(body);
        }

        return packed.ToArray();
    }

    private static async Task<HttpResponseMessage> PostPackedAsync(HttpClient client, string encoding, byte[] packed)
    {
        using var content = new ByteArrayContent(packed);
        content.Headers.ContentType = new("application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return await client.PostAsync(new Uri("/predict", UriKind.Relative), content);
    }

    [Fact]
    public async Task More_rows_than_the_limit_are_422()
    {
        using var host = ModelApiHost.With(("Limits:MaxRowsPerRequest", "3"));

        var response = await host.Client().PredictAsync($"[{Good},{Good},{Good},{Good}]");

        var problem = await response.ReadProblemAsync(422, "invalid-features");
        Assert.Equal([": Holds 4 rows; at most 3 are scored in one request. Send them in several."], problem.Errors());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("text/plain", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("nonsense", null)]
    [InlineData("application/json", "zstd")]
    public async Task A_body_of_another_type_is_415(string? contentType, string? contentEncoding)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (contentEncoding is not null)
        {
            content.Headers.ContentEncoding.Add(contentEncoding);
        }

        var response = await api.Client().PostAsync(new Uri("/predict", UriKind.Relative), content);

        await response.ReadProblemAsync(415, "unsupported-media-type");
    }

    [Fact]
    public async Task A_body_that_says_it_is_not_encoded_is_read()
    {
        using var content = Requests.Json(Good);
        content.Headers.ContentEncoding.Add("identity");

        var response = await api.Client().PostAsync(new Uri("/predict", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_configured_depth_of_nesting_holds()
    {
        using var host = ModelApiHost.With(("Limits:MaxJsonDepth", "3"));

        var within = await host.Client().PredictAsync(Good.Replace("41", "[[1]]", StringComparison.Ordinal));
        var beyond = await host.Client().PredictAsync(Good.Replace("41", "[[[1]]]", StringComparison.Ordinal));

        await within.ReadProblemAsync(422, "invalid-features");
        await beyond.ReadProblemAsync(400, "malformed-json");
    }

    [Theory]
    [InlineData("{\"age\": nsecret}")]
    [InlineData("{\"age\": tXX}")]
    public async Task A_problem_does_not_repeat_what_was_sent(string body)
    {
        var problem = await (await api.Client().PredictAsync(body.Replace("XX", new string('x', 100_000), StringComparison.Ordinal)))
            .ReadProblemAsync(400, "malformed-json");

        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
        Assert.InRange(problem.GetRawText().Length, 1, 500);
    }

    [Theory]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("application/vnd.bank+json")]
    public async Task JSON_by_another_name_is_read(string contentType)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        var response = await api.Client().PostAsync(new Uri("/predict", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/no/such/route")]
    [InlineData("POST", "/predict/")]
    [InlineData("GET", "/openapi/v2.json")]
    public async Task An_unknown_route_is_404(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        var response = await api.AnonymousClient().SendAsync(request);

        if (path != "/predict/")
        {
            await response.ReadProblemAsync(404, "not-found");
        }
        else
        {
            await response.ReadProblemAsync(401, "unauthorized");
        }
    }

    [Theory]
    [InlineData("GET", "/predict", "POST")]
    [InlineData("DELETE", "/predict", "POST")]
    [InlineData("POST", "/models", "GET")]
    public async Task A_wrong_method_is_405_with_the_right_one(string method, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        var response = await api.Client().SendAsync(request);

        var problem = await response.ReadProblemAsync(405, "method-not-allowed");
        Assert.Equal([allowed], response.Content.Headers.Allow);
        Assert.Contains(allowed, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>A thousand bodies that were valid until something happened to them. The seed is in the message of a failure.</summary>
    [Fact]
    public async Task No_damaged_body_causes_a_500()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var client = api.Client();
        for (var i = 0; i < 1000; i++)
        {
            var body = Damage(Encoding.UTF8.GetBytes(random.Next(2) == 0 ? Good : $"[{Good},{Good}]"), random);
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/json");

            var response = await client.PostAsync(new Uri("/predict", UriKind.Relative), content);

            Assert.True(
                (int)response.StatusCode is 200 or 400 or 422,
                $"Seed {seed}, body {i}: {(int)response.StatusCode} for {Convert.ToBase64String(body)}");
        }
    }

    private static byte[] Damage(byte[] body, Random random)
    {
        var damaged = body.ToList();
        for (var times = random.Next(1, 5); times > 0 && damaged.Count > 0; times--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(5))
            {
                case 0:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 1:
                    damaged.RemoveRange(at, Math.Min(random.Next(1, 10), damaged.Count - at));
                    break;
                case 2:
                    damaged.RemoveRange(at, damaged.Count - at);
                    break;
                case 3:
                    damaged.InsertRange(at, damaged.GetRange(at, Math.Min(random.Next(1, 30), damaged.Count - at)));
                    break;
                default:
                    damaged.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
            }
        }

        return [.. damaged];
    }

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-", "1e999", "\\u0000", "\\ud800", "\"age\":1,", "\"instances\":", "\uFEFF",
        "é", "\0", "99999999999999999999",
    ];

    private sealed class UnsizedStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
