using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Identity;

public sealed class EndpointPolicyTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    private static readonly string[] Open = ["/", "/health/live", "/health/ready", "/health/startup", "/openapi/v1.json"];

    private static readonly string[] Closed =
    [
        "/args", "/args/{arg}", "/code", "/example", "/models", "/models/{name}", "/models/{name}", "/models/{name}/aliases/{alias}",
        "/models/{name}/aliases/{alias}", "/models/{name}/args", "/models/{name}/args/{arg}", "/models/{name}/code",
        "/models/{name}/disable", "/models/{name}/enable", "/models/{name}/example", "/models/{name}/history",
        "/models/{name}/performance", "/models/{name}/predict", "/models/{name}/predict/batch", "/models/{name}/rollback",
        "/models/{name}/rollout", "/models/{name}/rollout", "/models/{name}/rollout", "/models/{name}/signature",
        "/models/{name}/versions/{version}", "/models/{name}/versions/{version}",
        "/models/{name}/versions/{version}", "/models/{name}/versions/{version}/bundle",
        "/models/{name}/versions/{version}/diff/{other}",
        "/models/{name}/versions/{version}/disable", "/models/{name}/versions/{version}/enable",
        "/models/{name}/versions/{version}/predict", "/models/{name}/versions/{version}/predict/batch",
        "/models/{name}/versions/{version}/stage", "/performance", "/predict", "/predict/batch", "/signature",
    ];

    [Fact]
    public void Every_route_except_health_and_documentation_needs_a_key()
    {
        using var client = api.CreateClient();
        var routes = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();

        var closed = routes.Where(route =>
            route.Metadata.GetMetadata<IAuthorizeData>() is not null && route.Metadata.GetMetadata<IAllowAnonymous>() is null).ToList();
        var open = routes.Except(closed)
            .Select(route => route.RoutePattern.RawText!)
            .Where(route => !route.TrimStart('/').StartsWith("docs", StringComparison.Ordinal));

        Assert.Equal(Open, open.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Closed, closed.Select(route => route.RoutePattern.RawText!).Order(StringComparer.Ordinal));
    }
}
