using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using ModelApi.Identity;
using ModelApi.Inference.Registry;

namespace ModelApi.Telemetry;

/// <summary>Logs each request once it is answered: route, status, time, user, model and version; never a body, a query or a token.</summary>
internal static class RequestLog
{
    private const string NoRoute = "(no route)";

    public static void Use(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ModelApi.Requests");
        app.Use(next => context => LogAsync(context, next, logger));
    }

    private static async Task LogAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            if (logger.IsEnabled(LogLevel.Information))
            {
                Write(context, logger, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
    }

    private static void Write(HttpContext context, ILogger logger, double milliseconds)
    {
        // The pattern, not the path: a path is the sender's text.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? NoRoute;
        var method = IsKnown(context.Request.Method) ? context.Request.Method : "(other)";
        var user = UserName.Of(context.User) ?? "-";
        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            logger.Refused(method, route, context.Response.StatusCode, milliseconds, user, TraceId.Of(context));
        }
        else if (context.Features.Get<ModelVersion>() is { } version)
        {
            logger.Predicted(method, route, context.Response.StatusCode, milliseconds, user, version.Model, version.Version);
        }
        else
        {
            logger.Answered(method, route, context.Response.StatusCode, milliseconds, user);
        }
    }

    private static bool IsKnown(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method) || HttpMethods.IsPatch(method);
}
