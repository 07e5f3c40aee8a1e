using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using ModelApi.Errors;
using ModelApi.Identity;
using ModelApi.Inference.Registry;

namespace ModelApi.Telemetry;

/// <summary>
/// Logs each answered request with its route, status, duration, user, model and version; never with a body, a query or a token.
/// </summary>
internal sealed class RequestLog : IDisposable
{
    public const string Category = "ModelApi.Requests";

    private const string NoRoute = "(no route)";

    private readonly TimeProvider _time;
    private readonly RequestConsole _lines;
    private readonly LoggerFactory _consoleOnly;
    private readonly ILogger _console;
    private readonly ILogger _others;

    /// <param name="lines">Writes to the console when its format is the default one.</param>
    /// <param name="providers">Hold the console's own provider, which writes every other format.</param>
    /// <param name="loggers">Log to the other providers, which an operator may have added.</param>
    /// <param name="filters">The wanted levels.</param>
    /// <param name="time">The clock.</param>
    public RequestLog(
        RequestConsole lines, IEnumerable<ILoggerProvider> providers, ILoggerFactory loggers, IOptionsMonitor<LoggerFilterOptions> filters,
        TimeProvider time)
    {
        _time = time;
        _lines = lines;
        var console = providers.OfType<ConsoleLoggerProvider>().Select(provider => new ConsoleProvider(provider));
        _consoleOnly = new LoggerFactory(console, filters);
        _console = _consoleOnly.CreateLogger(Category);
        _others = loggers.CreateLogger(Category);
    }

    public static void Use(WebApplication app)
    {
        var log = app.Services.GetRequiredService<RequestLog>();
        app.Use(next => context => log.LogAsync(context, next));
    }

    public void Dispose() => _consoleOnly.Dispose();

    /// <summary>Logs a prediction answered with 200.</summary>
    public void Predicted(string route, long start, string user, ModelVersion version)
    {
        var end = _time.GetTimestamp();
        Write(new RequestEvent(
            HttpMethods.Post, route, StatusCodes.Status200OK, end - start, end, user, version.Model, version.Version, TraceId: null));
    }

    /// <summary>Logs a prediction that was refused without the rest of the pipeline.</summary>
    public void Refused(HttpContext context, string route, long start, string user, ModelVersion version)
    {
        var end = _time.GetTimestamp();
        Write(new RequestEvent(
            HttpMethods.Post, route, StatusOf(context, exception: null), end - start, end, user, version.Model, version.Version, TraceId.Of(context)));
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
        if (_console.IsEnabled(LogLevel.Information) && !_lines.TryAdd(request))
        {
            request.LogTo(_console, _time.GetElapsedTime(0, request.Elapsed).TotalMilliseconds);
        }

        if (_others.IsEnabled(LogLevel.Information))
        {
            request.LogTo(_others, _time.GetElapsedTime(0, request.Elapsed).TotalMilliseconds);
        }
    }

    private RequestEvent EventOf(HttpContext context, long start)
    {
        // The pattern and not the path, which is the sender's text.
        var failure = context.Features.Get<IExceptionHandlerFeature>();
        var endpoint = context.GetEndpoint() ?? failure?.Endpoint;
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? NoRoute;
        var method = IsKnown(context.Request.Method) ? context.Request.Method : "(other)";
        var status = StatusOf(context, failure?.Error);
        var version = context.Features.Get<ModelVersion>();
        var end = _time.GetTimestamp();
        return new RequestEvent(
            method, route, status, end - start, end, UserName.Of(context.User), version?.Model, version?.Version,
            status >= StatusCodes.Status400BadRequest ? TraceId.Of(context) : null);
    }

    private static bool IsKnown(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method) || HttpMethods.IsPatch(method);

    private static int StatusOf(HttpContext context, Exception? exception) =>
        IsAborted(context, exception) ? StatusCodes.Status499ClientClosedRequest : context.Response.StatusCode;

    // A client may close its connection as soon as it has the whole answer: once a response has started, its status stands.
    private static bool IsAborted(HttpContext context, Exception? exception) =>
        exception is ConnectionResetException || (context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted);

    /// <summary>The console's provider as another type: the rule that keeps the other loggers from it does not apply.</summary>
    [ProviderAlias("Console")]
    private sealed class ConsoleProvider(ConsoleLoggerProvider console) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => console.CreateLogger(categoryName);

        public void Dispose()
        {
            // The container owns the console's provider.
        }
    }
}
