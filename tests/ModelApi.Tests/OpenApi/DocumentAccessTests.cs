using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.OpenApi;

public sealed class DocumentAccessTests
{
    private const string Key = "a-key-that-is-only-in-this-test";

    private static readonly Uri Address = new("/openapi/v1.json", UriKind.Relative);

    [Fact]
    public async Task Everybody_sees_predictions_in_development_and_only_callers_see_arguments_and_performance()
    {
        using var host = new ModelApiHost();
        var bank = Path.Combine(Repository.Models, "bank", "1");
        var secrets = Values(Path.Combine(bank, "args.json")).Concat(Values(Path.Combine(bank, "performance.json"))).ToList();

        var open = await host.AnonymousClient().GetStringAsync(Address);
        var whole = await host.Client().GetStringAsync(Address);

        Assert.InRange(secrets.Count, 5, 10_000);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, open, StringComparison.Ordinal));
        Assert.Contains(secrets, secret => whole.Contains(secret, StringComparison.Ordinal));
        using var document = JsonDocument.Parse(open);
        var read = new Document(document.RootElement);
        Assert.Contains("/models/bank/args/{arg}", read.Paths);
        Assert.True(read.Answer(read.Operation("/predict")).TryGetProperty("example", out _), "The prediction has no example.");
    }

    [Fact]
    public async Task Outside_of_development_the_document_takes_a_key()
    {
        using var host = InProduction();

        await (await host.AnonymousClient().GetAsync(Address)).ReadProblemAsync(401, "unauthorized");
        await (await host.ClientWith("wrong").GetAsync(Address)).ReadProblemAsync(401, "unauthorized");
        Assert.Equal(HttpStatusCode.OK, (await host.ClientWith(Key).GetAsync(Address)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.AnonymousClient().GetAsync("/docs/index.html")).StatusCode);
    }

    [Fact]
    public async Task The_document_can_be_left_open()
    {
        using var host = InProduction(("OpenApi:Access", "open"));

        Assert.Equal(HttpStatusCode.OK, (await host.AnonymousClient().GetAsync(Address)).StatusCode);
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs")]
    [InlineData("/docs/index.html")]
    [InlineData("/docs/docs.js")]
    public async Task Nothing_of_it_is_served_where_it_is_off(string path)
    {
        using var host = ModelApiHost.With(("OpenApi:Access", "off"));

        await (await host.Client().GetAsync(path)).ReadProblemAsync(404, "not-found");
    }

    private static ModelApiHost InProduction(params (string, string)[] settings) => ModelApiHost.With(
    [
        ("environment", "Production"),
        ("Identity:ApiKeys:0:User", "ana"),
        ("Identity:ApiKeys:0:Sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))),
        .. settings,
    ]);

    // Long values with digits: names of features and short numbers also occur elsewhere.
    private static IEnumerable<string> Values(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        return [.. Leaves(document.RootElement).Where(leaf => leaf.Length > 6 && leaf.Any(char.IsDigit)).Distinct()];
    }

    private static IEnumerable<string> Leaves(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Leaves(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Leaves),
        _ => [element.ToString()],
    };
}
