using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Health;

public sealed class AlivePageTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    [Theory]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", "text/html")]
    [InlineData("text/html", "text/html")]
    [InlineData("text/*", "text/html")]
    [InlineData("application/json;q=0.5, text/html", "text/html")]
    [InlineData("*/*;q=0.1, text/html;q=0.2", "text/html")]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("application/json, text/plain, */*", "application/json")]
    [InlineData("application/json, text/html;q=0.9", "application/json")]
    [InlineData("text/html, application/json", "application/json")]
    [InlineData("text/html;q=0, */*", "application/json")]
    [InlineData("text/html;q=0", "application/json")]
    [InlineData("nonsense", "application/json")]
    public async Task A_browser_gets_a_page_and_a_program_JSON(string? accept, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        var response = await api.AnonymousClient().SendAsync(request);

        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Accept", response.Headers.Vary);
    }
}
