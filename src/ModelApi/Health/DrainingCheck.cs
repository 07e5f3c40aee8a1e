using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelApi.Shutdown;

namespace ModelApi.Health;

/// <summary>Not ready once the process was asked to stop.</summary>
internal sealed class DrainingCheck(Draining draining) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(draining.IsDraining
            ? HealthCheckResult.Unhealthy("The server is stopping.")
            : HealthCheckResult.Healthy("The server is running."));
}
