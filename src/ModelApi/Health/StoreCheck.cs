using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelApi.Storage;

namespace ModelApi.Health;

/// <summary>Degraded, which is still ready, while the store is away: predictions go on. A server without a store is healthy.</summary>
internal sealed class StoreCheck(Database database) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(database.State is { IsDegraded: true } away
            ? HealthCheckResult.Degraded($"{away.Reason} Predictions go on; changes are refused.")
            : HealthCheckResult.Healthy(database.State.Reason));
}
