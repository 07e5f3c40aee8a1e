using System.Diagnostics;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Net.Http.Headers;
using ModelApi.Answers;
using ModelApi.Inference.Registry;
using ModelApi.OpenApi;

namespace ModelApi.Health;

internal static class HealthEndpoints
{
    private static readonly string[] Head = [HttpMethods.Head];

    // A timestamp, because the clock may jump.
    private static readonly long ProcessStart = FindProcessStart();

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTag("Health", "Whether the server is alive and ready.").AllowAnonymous();
        group.MapGet("/", GetAlive)
            .WithName(nameof(GetAlive))
            .WithSummary("Says that the server is alive")
            .WithDescription("Name, version and uptime of the server. A browser gets a page with links instead.")
            .Produces<AliveReply>();
        group.MapGet("/health/live", GetLive)
            .WithName(nameof(GetLive))
            .WithSummary("Liveness, for orchestrators")
            .WithDescription("200 as long as the process answers; restart it when it does not.");
        group.MapGet("/health/ready", GetReady)
            .WithName(nameof(GetReady))
            .WithSummary("Readiness, for load balancers and orchestrators")
            .WithDescription("200 once the default model can be called; 503 while it loads, when it failed, and from SIGTERM on.")
            .Produces<HealthReply>(StatusCodes.Status503ServiceUnavailable);
        group.MapGet("/health/startup", GetStartup)
            .WithName(nameof(GetStartup))
            .WithSummary("Start-up, for orchestrators")
            .WithDescription("200 once the default model can be called or has failed (without one: any model); 503 before.")
            .Produces<HealthReply>(StatusCodes.Status503ServiceUnavailable);

        // Load balancers and uptime checks also send HEAD; the document shows each path once.
        group.MapMethods("/", Head, GetAlive).ExcludeFromDescription();
        group.MapMethods("/health/live", Head, GetLive).ExcludeFromDescription();
        group.MapMethods("/health/ready", Head, GetReady).ExcludeFromDescription();
        group.MapMethods("/health/startup", Head, GetStartup).ExcludeFromDescription();
    }

    private static long FindProcessStart()
    {
        using var process = Process.GetCurrentProcess();
        var age = DateTime.Now - process.StartTime;
        return Stopwatch.GetTimestamp() - (long)(age.TotalSeconds * Stopwatch.Frequency);
    }

    private static IResult GetAlive(HttpContext context)
    {
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        if (AlivePage.IsPreferredBy(context.Request))
        {
            PageHeaders.AddTo(context.Response.Headers, AlivePage.StyleHash);
            return TypedResults.Content(AlivePage.Html, MediaTypeNames.Text.Html);
        }

        var uptime = Stopwatch.GetElapsedTime(ProcessStart);
        return TypedResults.Ok(
            new AliveReply("Model API is alive!", Product.Name, Product.Version, Math.Round(uptime.TotalSeconds, 1), "/docs"));
    }

    private static Ok<HealthReply> GetLive() => TypedResults.Ok(new HealthReply(HealthStatus.Healthy, []));

    private static async Task<Results<Ok<HealthReply>, JsonHttpResult<HealthReply>>> GetReady(
        HealthCheckService checks, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(check => check.Tags.Contains(HealthExtensions.Ready), cancellationToken);
        var reply = new HealthReply(report.Status, [.. report.Entries.Select(entry =>
            new CheckReply(entry.Key, entry.Value.Status, entry.Value.Description, entry.Value.Data))]);
        return report.Status == HealthStatus.Unhealthy
            ? TypedResults.Json(reply, statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Ok(reply);
    }

    private static Results<Ok<HealthReply>, JsonHttpResult<HealthReply>> GetStartup(ModelRegistry registry) =>
        registry.IsStarted
            ? TypedResults.Ok(new HealthReply(HealthStatus.Healthy, []))
            : TypedResults.Json(new HealthReply(HealthStatus.Unhealthy, []), statusCode: StatusCodes.Status503ServiceUnavailable);
}
