using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Tests.Fixtures;

internal static class Requests
{
    /// <summary>A row that the model's own documentation would show.</summary>
    public static JsonObject Row() => JsonNode.Parse(
        """{"age":41,"job":"management","marital":"married","education":"tertiary","balance":1506"""
        + ""","housing":"yes","duration":261,"campaign":1}""")!.AsObject();

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    public static Task<HttpResponseMessage> PredictAsync(this HttpClient client, string body, string path = "/predict") =>
        client.PostAsync(new Uri(path, UriKind.Relative), Json(body));

    public static Task<HttpResponseMessage> GetAsync(this HttpClient client, string path) =>
        client.GetAsync(new Uri(path, UriKind.Relative));

    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>Checks that an answer is a problem document of RFC 9457 with that status and type.</summary>
    public static async Task<JsonElement> ReadProblemAsync(this HttpResponseMessage response, int status, string type)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} instead of {status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal($"urn:problem-type:modelapi:{type}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        return problem;
    }

    /// <summary>What the detail of a problem calls known.</summary>
    public static IEnumerable<string?> Known(this JsonElement problem) =>
        problem.GetProperty("known").EnumerateArray().Select(name => name.GetString());

    /// <summary>The messages of a problem by pointer, as <c>pointer: message</c>.</summary>
    public static IReadOnlyList<string> Errors(this JsonElement problem) =>
    [
        .. problem.GetProperty("errors").EnumerateObject()
            .SelectMany(error => error.Value.EnumerateArray().Select(message => $"{error.Name}: {message.GetString()}")),
    ];
}
