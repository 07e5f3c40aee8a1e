using System.Globalization;
using System.Net;
using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Answers;

public sealed class EnvelopeTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    [Fact]
    public async Task A_prediction_has_an_envelope_if_the_query_asks_for_it()
    {
        var plain = await (await api.Client().PredictAsync(Requests.Row().ToJsonString())).ReadJsonAsync();

        var response = await api.Client().PredictAsync(Requests.Row().ToJsonString(), "/predict?envelope=true");

        var envelope = await ReadEnvelopeAsync(response, HttpStatusCode.OK, "OK");
        Assert.Equal("POST", envelope.GetProperty("method").GetString());
        Assert.Equal("http://localhost/predict?envelope=true", envelope.GetProperty("url").GetString());
        var timestamp = DateTimeOffset.Parse(envelope.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture);
        Assert.InRange((DateTimeOffset.UtcNow - timestamp).TotalSeconds, -1, 60);
        Assert.Equal(plain.GetRawText(), envelope.GetProperty("data").GetRawText());
        Assert.Equal((await response.Content.ReadAsByteArrayAsync()).Length, response.Content.Headers.ContentLength);
    }

    public static TheoryData<string, string, string, int, string> Problems => new()
    {
        { "POST", "/predict", "{", 400, "The body is not JSON that can be read" },
        { "POST", "/predict", "{}", 422, "The features are not valid" },
        { "POST", "/predict?onInvalid=x", "{}", 400, "A query parameter is not valid" },
        { "GET", "/predict", "", 405, "The method does not fit the address" },
        { "GET", "/no/such/route", "", 404, "No such address" },
        { "GET", "/models/bnk", "", 404, "No such model" },
        { "GET", "/performance?filter=nope", "", 404, "No such part" },
    };

    [Theory]
    [MemberData(nameof(Problems))]
    public async Task A_problem_has_an_envelope_with_its_title_as_message(string method, string path, string body, int status, string title)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{path}{separator}envelope=true")
        {
            Content = body.Length > 0 ? Requests.Json(body) : null,
        };

        var response = await api.Client().SendAsync(request);

        var envelope = await ReadEnvelopeAsync(response, (HttpStatusCode)status, title);
        var problem = envelope.GetProperty("data");
        Assert.Equal((title, status), (problem.GetProperty("title").GetString(), problem.GetProperty("status").GetInt32()));
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
    }

    [Fact]
    public async Task The_answer_to_a_request_without_a_key_has_an_envelope_and_a_challenge()
    {
        var response = await api.AnonymousClient().PredictAsync("{}", "/predict?envelope=true");

        await ReadEnvelopeAsync(response, HttpStatusCode.Unauthorized, "A valid key or token is needed");
        Assert.NotEmpty(response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task The_answer_to_an_unsupported_content_type_has_an_envelope()
    {
        using var content = new StringContent("age=41");

        var response = await api.Client().PostAsync(new Uri("/predict?envelope=true", UriKind.Relative), content);

        await ReadEnvelopeAsync(response, HttpStatusCode.UnsupportedMediaType, "The body is of a type that is not read here");
    }

    [Fact]
    public async Task A_text_is_a_JSON_string_in_its_envelope()
    {
        var program = await api.Client().GetStringAsync(new Uri("/code?language=python", UriKind.Relative));

        var envelope = await ReadEnvelopeAsync(await api.Client().GetAsync("/code?language=python&envelope=true"), HttpStatusCode.OK, "OK");

        Assert.Equal(program, envelope.GetProperty("data").GetString());
    }

    [Fact]
    public async Task Readiness_in_an_envelope_has_the_status_as_message()
    {
        using var models = new TemporaryModels();
        using var host = ModelApiHost.With(("Models:Root", models.Root));

        var response = await host.AnonymousClient().GetAsync("/health/ready?envelope=true");

        var envelope = await ReadEnvelopeAsync(response, HttpStatusCode.ServiceUnavailable, "Service Unavailable");

        Assert.Equal("Unhealthy", envelope.GetProperty("data").GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_answer_304_has_no_envelope()
    {
        var first = await api.Client().GetAsync("/args?envelope=true");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/args?envelope=true");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        var second = await api.Client().SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("")]
    [InlineData("true&envelope=true")]
    public async Task A_value_other_than_true_or_false_is_400(string value)
    {
        var response = await api.Client().GetAsync($"/models?envelope={value}");

        await response.ReadProblemAsync(400, "invalid-parameter");
    }

    [Fact]
    public async Task A_setting_puts_every_answer_into_an_envelope_unless_the_query_says_false()
    {
        using var host = ModelApiHost.With(("Api:Envelope", "true"));

        var prediction = await host.Client().PredictAsync(Requests.Row().ToJsonString());
        var problem = await host.AnonymousClient().GetAsync("/models");
        var bare = await host.Client().PredictAsync(Requests.Row().ToJsonString(), "/predict?envelope=false");

        var envelope = await ReadEnvelopeAsync(prediction, HttpStatusCode.OK, "OK");
        Assert.Equal("no", envelope.GetProperty("data").GetProperty("prediction").GetString());
        await ReadEnvelopeAsync(problem, HttpStatusCode.Unauthorized, "A valid key or token is needed");
        Assert.Equal("no", (await bare.ReadJsonAsync()).GetProperty("prediction").GetString());
    }

    [Theory]
    [InlineData("/docs/index.html")]
    [InlineData("/docs/swagger-ui.css")]
    [InlineData("/openapi/v1.json")]
    public async Task The_documentation_never_has_an_envelope(string path)
    {
        using var host = ModelApiHost.With(("Api:Envelope", "true"));

        var answer = await host.AnonymousClient().GetStringAsync(new Uri(path + "?envelope=true", UriKind.Relative));

        Assert.DoesNotContain("\"message\":\"OK\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_never_has_an_envelope()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/?envelope=true");
        request.Headers.Add("Accept", "text/html");

        var response = await api.AnonymousClient().SendAsync(request);

        Assert.StartsWith("<!doctype html>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ReadEnvelopeAsync(HttpResponseMessage response, HttpStatusCode status, string message)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        var envelope = await response.ReadJsonAsync();
        Assert.Equal(
            ["message", "method", "status-code", "timestamp", "url", "data"],
            envelope.EnumerateObject().Select(member => member.Name));
        Assert.Equal((message, (int)status), (envelope.GetProperty("message").GetString(), envelope.GetProperty("status-code").GetInt32()));
        return envelope;
    }
}
