using System.Reflection;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using ModelApi.Answers;

namespace ModelApi.Predictions;

/// <summary>
/// Decides at start which prediction routes may answer plain requests without the rest of the pipeline: those on which nothing is
/// configured but what is listed here.
/// </summary>
/// <remarks>
/// This is a list of what is allowed. Metadata, a policy, a filter, a limiter or a service that nobody thought of sends all requests of
/// its route, or of all routes, through the whole pipeline.
/// </remarks>
internal sealed class PlainRoutes(IServiceProvider services, EndpointDataSource endpoints, ILogger<PlainRoutes> logger)
{
    // What these say is either about the documentation, or is done by the predictor itself.
    private static readonly HashSet<Type> KnownMetadata =
    [
        typeof(PredictionRoute), typeof(HttpMethodMetadata), typeof(DisableRequestTimeoutAttribute), typeof(QueryParameters),
        typeof(RouteNameMetadata), typeof(EndpointNameMetadata), typeof(TagsAttribute), typeof(ExcludeFromDescriptionAttribute),
    ];

    private volatile bool _isOpen;

    /// <summary>Looks at what is configured, and says of each route why it takes the whole pipeline. Until then, all routes do.</summary>
    public void Check()
    {
        var obstacle = FindObstacle();
        foreach (var endpoint in endpoints.Endpoints)
        {
            if (endpoint.Metadata.GetMetadata<PredictionRoute>() is { } route && (obstacle ?? FindObstacle(endpoint, route)) is { } reason)
            {
                logger.WholePipeline(route.Pattern, reason);
            }
        }

        _isOpen = obstacle is null;
    }

    /// <summary>Whether plain requests to an endpoint need no more of the pipeline.</summary>
    /// <param name="endpoint">The endpoint that routing has found. Routing makes its own endpoints, and may make them anew.</param>
    /// <param name="route">Its metadata.</param>
    public bool Allow(Endpoint endpoint, PredictionRoute route)
    {
        if (!_isOpen)
        {
            return false;
        }

        var check = route.Check;
        if (check is null || !ReferenceEquals(check.Endpoint, endpoint))
        {
            route.Check = check = new PlainCheck(endpoint, FindObstacle(endpoint, route) is null);
        }

        return check.IsPlain;
    }

    // What holds for all routes.
    private string? FindObstacle()
    {
        if (services.GetRequiredService<IOptions<ApiOptions>>().Value.Envelope)
        {
            return "answers come in an envelope";
        }

        if (services.GetRequiredService<IOptions<RateLimiterOptions>>().Value.GlobalLimiter is not null)
        {
            return "a global rate limiter";
        }

        if (services.GetRequiredService<IOptions<AuthorizationOptions>>().Value.DefaultPolicy is not
            { AuthenticationSchemes.Count: 0, Requirements: [DenyAnonymousAuthorizationRequirement] })
        {
            return "a default authorization policy";
        }

        return Unless<IClaimsTransformation, NoopClaimsTransformation>()
            ?? Unless<IAuthenticationService, AuthenticationService>()
            ?? Unless<IAuthorizationService, DefaultAuthorizationService>()
            ?? Unless<IAuthorizationPolicyProvider, DefaultAuthorizationPolicyProvider>()
            ?? Unless<IAuthorizationHandlerProvider, DefaultAuthorizationHandlerProvider>()
            ?? Unless<IAuthorizationEvaluator, DefaultAuthorizationEvaluator>()
            ?? Unless<IAuthorizationHandler, PassThroughAuthorizationHandler>()
            ?? Unless<IAuthorizationMiddlewareResultHandler, AuthorizationMiddlewareResultHandler>();
    }

    // What was added to the route itself. A filter, or a convention that wraps the handler, puts another delegate in its place.
    private static string? FindObstacle(Endpoint endpoint, PredictionRoute route)
    {
        if (!ReferenceEquals(endpoint.RequestDelegate, route.Handler))
        {
            return "a filter or a wrapped handler";
        }

        foreach (var item in endpoint.Metadata)
        {
            var isKnown = item is MethodInfo or IRouteDiagnosticsMetadata
                || item is AuthorizeAttribute { Policy: null, Roles: null, AuthenticationSchemes: null }
                || item.GetType().Namespace is "System.Runtime.CompilerServices" or "System.Diagnostics"
                || KnownMetadata.Contains(item.GetType());
            if (!isKnown)
            {
                return item.GetType().Name;
            }
        }

        return null;
    }

    // The framework's own services are in one assembly with the type that is known.
    private string? Unless<TService, TKnown>()
        where TService : class
        where TKnown : TService
    {
        using var scope = services.CreateScope();
        var unknown = scope.ServiceProvider.GetServices<TService>()
            .FirstOrDefault(service => service.GetType().Assembly != typeof(TKnown).Assembly);
        return unknown?.GetType().Name;
    }
}
