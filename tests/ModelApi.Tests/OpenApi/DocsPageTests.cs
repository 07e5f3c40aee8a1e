using System.Net;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.OpenApi;

public sealed class DocsPageTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    [Theory]
    [InlineData("/docs", "swagger-ui")]
    [InlineData("/docs/index.html", ".swagger-ui .topbar,")]
    [InlineData("/docs/index.html", "width=device-width")]
    [InlineData("/docs/index.js", "\"defaultModelRendering\":\"model\"")]
    public async Task The_documentation_page_is_open_and_shows_the_fields_of_a_schema(string path, string content)
    {
        var response = await api.AnonymousClient().GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(content, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
