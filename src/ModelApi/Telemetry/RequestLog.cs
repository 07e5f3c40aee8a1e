using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;
using ModelApi.Errors;
using ModelApi.Identity;
using ModelApi.Inference.Registry;

namespace ModelApi.Telemetry;

/// <summary>Logs each request once it is answered: route, status, time, user, model and version; never a body, a query or a token.</summary>
internal sealed class RequestLog : IDisposable
{
    public const string Category = "ModelApi.Requests";

    private const string NoRoute = "(no route)";

    private readonly TimeProvider _time;
    private readonly RequestConsole _console;
    private readonly LoggerFactory _consoleLevels;
    private readonly ILogger _consoleLevel;
    private readonly ILogger _others;

    /// <param name="console">Writes to the console.</param>
    /// <param name="loggers">Log to every other provider that wants this category, as an operator may have added.</param>
    /// <param name="filters">Which levels are wanted.</param>
    /// <param name="time">The clock.</param>
    public RequestLog(RequestConsole console, ILoggerFactory loggers, IOptionsMonitor<LoggerFilterOptions> filters, TimeProvider time)
    {
        _time = time;
        _console = console;
        _consoleLevels = new LoggerFactory(console.IsThere ? [new ConsoleLevels()] : [], filters);
        _consoleLevel = _consoleLevels.CreateLogger(Category);
        _others = loggers.CreateLogger(Category);
    }

    public static void Use(WebApplication app)
    {
        var log = app.Services.GetRequiredService<RequestLog>();
        app.Use(next => context => log.LogAsync(context, next));
    }

    public void Dispose() => _consoleLevels.Dispose();

    /// <summary>Logs a prediction that was answered with 200.</summary>
    public void Predicted(string route, long start, string user, ModelVersion version)
    {
        var end = _time.GetTimestamp();
        Write(new RequestEvent(HttpMethods.Post, route, StatusCodes.Status200OK, end - start, end, user, version.Model, version.Version, TraceId: null));
    }

    private async Task LogAsync(HttpContext context, RequestDelegate next)
    {
        var start = _time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            Write(EventOf(context, start));
        }
    }

    private void Write(in RequestEvent request)
    {
        if (_consoleLevel.IsEnabled(LogLevel.Information))
        {
            _console.Add(request);
        }

        if (_others.IsEnabled(LogLevel.Information))
        {
            request.LogTo(_others, _time.GetElapsedTime(0, request.Elapsed).TotalMilliseconds);
        }
    }

    private RequestEvent EventOf(HttpContext context, long start)
    {
        // The pattern, not the path: a path is the sender's text.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? NoRoute;
        var method = IsKnown(context.Request.Method) ? context.Request.Method : "(other)";
        var status = context.Response.StatusCode;
        var version = context.Features.Get<ModelVersion>();
        var end = _time.GetTimestamp();
        return new RequestEvent(
            method, route, status, end - start, end, UserName.Of(context.User) ?? "-", version?.Model, version?.Version,
            status >= StatusCodes.Status400BadRequest ? TraceId.Of(context) : null);
    }

    private static bool IsKnown(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method) || HttpMethods.IsPatch(method);

    /// <summary>Stands in for the console's provider where it is asked which levels are wanted of it.</summary>
    [ProviderAlias("Console")]
    private sealed class ConsoleLevels : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
