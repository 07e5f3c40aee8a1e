using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

/// <summary>Whatever is added to the prediction routes is honoured for plain requests too.</summary>
public sealed class PlainRoutesTests
{
    [Fact]
    public async Task A_plain_request_is_answered_when_nothing_was_added()
    {
        await using var server = await ComposedServer.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync());
    }

    [Fact]
    public async Task A_policy_of_the_routes_is_honoured()
    {
        await using var server = await ComposedServer.StartAsync(
            services => services.AddAuthorizationBuilder().AddPolicy("auditors", policy => policy.RequireClaim("auditor")),
            routes => routes.RequireAuthorization("auditors"));

        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync());
    }

    [Fact]
    public async Task A_role_of_the_routes_is_honoured()
    {
        await using var server = await ComposedServer.StartAsync(
            conventions: routes => routes.RequireAuthorization(new AuthorizeAttribute { Roles = "auditor" }));

        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync());
    }

    [Fact]
    public async Task A_stricter_default_policy_is_honoured()
    {
        await using var server = await ComposedServer.StartAsync(services =>
            services.Configure<AuthorizationOptions>(options =>
                options.DefaultPolicy = new AuthorizationPolicyBuilder().RequireClaim("auditor").Build()));

        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync());
    }

    [Fact]
    public async Task An_authorization_handler_is_asked()
    {
        await using var server = await ComposedServer.StartAsync(services => services.AddSingleton<IAuthorizationHandler, Refusing>());

        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync());
    }

    [Fact]
    public async Task A_claims_transformation_changes_the_caller()
    {
        await using var server = await ComposedServer.StartAsync(services => services.AddTransient<IClaimsTransformation, Renaming>());

        Assert.Contains("\"username\":\"renamed\"", await server.PostAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_of_the_routes_is_run()
    {
        await using var server = await ComposedServer.StartAsync(conventions: routes => routes.AddEndpointFilter(
            (_, _) => ValueTask.FromResult<object?>(TypedResults.StatusCode(StatusCodes.Status418ImATeapot))));

        Assert.Equal((HttpStatusCode)418, await server.StatusAsync());
    }

    [Fact]
    public async Task A_convention_that_wraps_the_handler_is_run()
    {
        await using var server = await ComposedServer.StartAsync(conventions: routes =>
            ((IEndpointConventionBuilder)routes).Finally(endpoint => endpoint.RequestDelegate = context =>
            {
                context.Response.StatusCode = StatusCodes.Status418ImATeapot;
                return Task.CompletedTask;
            }));

        Assert.Equal((HttpStatusCode)418, await server.StatusAsync());
    }

    [Fact]
    public async Task A_rate_limit_of_the_routes_is_kept()
    {
        await using var server = await ComposedServer.StartAsync(
            services => services.AddRateLimiter(limits => limits.AddFixedWindowLimiter("two", window =>
            {
                window.PermitLimit = 2;
                window.Window = TimeSpan.FromHours(1);
            })),
            routes => routes.RequireRateLimiting("two"),
            app => app.UseRateLimiter());

        HttpStatusCode[] statuses = [await server.StatusAsync(), await server.StatusAsync(), await server.StatusAsync()];

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], statuses);
    }

    [Fact]
    public async Task A_global_rate_limit_is_kept()
    {
        await using var server = await ComposedServer.StartAsync(
            services => services.AddRateLimiter(limits => limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(_ =>
                RateLimitPartition.GetFixedWindowLimiter(
                    "all", _ => new FixedWindowRateLimiterOptions { PermitLimit = 1, Window = TimeSpan.FromHours(1) }))),
            middleware: app => app.UseRateLimiter());

        HttpStatusCode[] statuses = [await server.StatusAsync(), await server.StatusAsync()];

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], statuses);
    }

    private sealed class Refusing : IAuthorizationHandler
    {
        public Task HandleAsync(AuthorizationHandlerContext context)
        {
            context.Fail();
            return Task.CompletedTask;
        }
    }

    private sealed class Renaming : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal) =>
            Task.FromResult(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "renamed")], "test")));
    }
}
