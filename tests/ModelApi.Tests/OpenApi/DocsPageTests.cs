using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.OpenApi;

public sealed class DocsPageTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    [Theory]
    [InlineData("/docs", "swagger-ui")]
    [InlineData("/docs/index.html", "width=device-width")]
    [InlineData("/docs/docs.css", ".swagger-ui .topbar,")]
    [InlineData("/docs/docs.js", "defaultModelRendering: \"model\"")]
    public async Task The_documentation_page_is_open_and_shows_the_fields_of_a_schema(string path, string content)
    {
        var response = await api.AnonymousClient().GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(content, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/docs/")]
    [InlineData("/docs/index.html")]
    [InlineData("/docs/docs.js")]
    [InlineData("/docs/swagger-ui-bundle.js")]
    public async Task A_browser_runs_nothing_in_a_page_but_the_files_of_the_server(string path)
    {
        var client = api.AnonymousClient();
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));

        var response = await client.GetAsync(path);

        string Header(string name) => Assert.Single(response.Headers.TryGetValues(name, out var values)
            ? values
            : response.Content.Headers.GetValues(name));
        var policy = Header("Content-Security-Policy").Split("; ");
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("base-uri 'none'", policy);
        Assert.DoesNotContain(policy, directive => directive.Contains("unsafe", StringComparison.Ordinal));
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header("Referrer-Policy"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/docs/index.html")]
    public async Task A_page_has_no_script_of_its_own_and_no_style_but_the_one_that_its_policy_names(string path)
    {
        var client = api.AnonymousClient();
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));

        var response = await client.GetAsync(path);

        var page = await response.Content.ReadAsStringAsync();
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        foreach (Match style in Regex.Matches(page, "<style>(.*?)</style>", RegexOptions.Singleline, TimeSpan.FromSeconds(1)))
        {
            var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style.Groups[1].Value)));
            Assert.Contains($"'sha256-{hash}'", policy, StringComparison.Ordinal);
        }

        Assert.DoesNotMatch("<script(?![^>]*src=)", page);
        Assert.DoesNotMatch("\\s(on[a-z]+|style)=", page);
    }

    [Fact]
    public async Task The_page_keeps_the_key_in_the_session_storage_only()
    {
        var script = await api.AnonymousClient().GetStringAsync(new Uri("/docs/docs.js", UriKind.Relative));

        Assert.Contains("sessionStorage.setItem", script, StringComparison.Ordinal);
        Assert.DoesNotContain("localStorage", script, StringComparison.Ordinal);
        Assert.DoesNotContain("persistAuthorization", script, StringComparison.Ordinal);
    }
}
