using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Hosting;

public sealed class ForwardedHeadersTests
{
    [Theory]
    [InlineData("true", "https://")]
    [InlineData("false", "http://")]
    public async Task The_scheme_of_a_proxy_counts_only_where_forwarded_headers_are_enabled(string enabled, string scheme)
    {
        using var host = ModelApiHost.With(("ForwardedHeaders_Enabled", enabled));
        var client = host.Client();
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        var program = await client.GetStringAsync(new Uri("/code?language=python", UriKind.Relative));

        Assert.Contains($"{scheme}localhost/predict", program, StringComparison.Ordinal);
    }
}
