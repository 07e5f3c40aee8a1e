// Calls ModelApi with HttpClient and System.Text.Json: dotnet run --project samples/csharp
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

var url = Environment.GetEnvironmentVariable("MODELAPI_URL") ?? "http://localhost:8900";
var key = Environment.GetEnvironmentVariable("MODELAPI_KEY") ?? "abc123";

var features = new
{
    age = 41,
    job = "management",
    marital = "married",
    education = "tertiary",
    balance = 1506,
    housing = "yes",
    duration = 261,
    campaign = 1,
};

try
{
    using var client = new HttpClient { BaseAddress = new Uri(url.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(10) };

    using var root = await client.GetAsync("");
    if (root.StatusCode != HttpStatusCode.OK)
    {
        return Fail($"{url} is not alive: {await ExplainAsync(root)}");
    }

    var alive = await root.Content.ReadFromJsonAsync<Alive>();
    Console.WriteLine($"{alive?.Message} ({alive?.Name} {alive?.Version})");

    using var scored = await PredictAsync(client, key);
    if (scored.StatusCode != HttpStatusCode.OK)
    {
        return Fail($"The prediction was refused: {await ExplainAsync(scored)}");
    }

    if (await scored.Content.ReadFromJsonAsync<Answer>() is not { Prediction: { } prediction, Probabilities: { } probabilities } answer)
    {
        return Fail("The answer has no prediction.");
    }

    var shares = probabilities.Select(share => $"{share.Key} {share.Value:0.0000}");
    Console.WriteLine($"Prediction: {prediction} ({string.Join(", ", shares)})");
    Console.WriteLine($"Answered by: {answer.Model} {answer.Version}, for {answer.Username}");

    using var refused = await PredictAsync(client, "not-a-key");
    if (refused.StatusCode != HttpStatusCode.Unauthorized)
    {
        return Fail($"An invalid key was answered with {(int)refused.StatusCode}, not with 401");
    }

    Console.WriteLine($"Invalid key: {await ExplainAsync(refused)}");
    return 0;
}
catch (JsonException exception)
{
    return Fail($"{url} does not answer as ModelApi does: {exception.Message}");
}
catch (Exception exception)
{
    return Fail($"{url} cannot be reached: {exception.Message}");
}

async Task<HttpResponseMessage> PredictAsync(HttpClient client, string key)
{
    using var request = new HttpRequestMessage(HttpMethod.Post, "predict") { Content = JsonContent.Create(features) };
    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
    return await client.SendAsync(request);
}

// Puts problem details (RFC 9457) into one line; errors names each invalid feature by JSON pointer.
static async Task<string> ExplainAsync(HttpResponseMessage response)
{
    var problem = await response.Content.ReadFromJsonAsync<Problem>();
    var errors = problem?.Errors?.Select(error => $"{error.Key}: {string.Join(' ', error.Value)}") ?? [];
    return string.Join(" | ", errors.Prepend($"{(int)response.StatusCode} {problem?.Title}. {problem?.Detail}"));
}

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 1;
}

internal sealed record Alive(string Message, string Name, string Version);

internal sealed record Answer(string? Prediction, Dictionary<string, double>? Probabilities, string Model, string Version, string Username);

internal sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors);
