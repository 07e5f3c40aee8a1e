using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Identity;

public sealed class EndpointPolicyTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    [Fact]
    public void Only_health_and_documentation_are_open()
    {
        using var client = api.CreateClient();
        var endpoints = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is not null || endpoint.RoutePattern.RawText!.Contains("openapi", StringComparison.Ordinal) || endpoint.RoutePattern.RawText.Contains("docs", StringComparison.Ordinal))
            .ToList();

        var open = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(endpoint => endpoint.RoutePattern.RawText!).ToHashSet();
        var closed = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null).Select(endpoint => endpoint.RoutePattern.RawText!).ToHashSet();

        Assert.Equal(["/", "/health/live", "/health/ready", "/health/startup", "/openapi/{documentName}.json"], open.Where(route => !route.StartsWith("docs", StringComparison.Ordinal) && !route.StartsWith("/docs", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("/predict", closed);
        Assert.Contains("/models", closed);
        Assert.Equal(endpoints.Select(endpoint => endpoint.RoutePattern.RawText!).ToHashSet(), [.. open, .. closed]);
    }
}
