using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelApi.Inference.Registry;

namespace ModelApi.Health;

/// <summary>Ready once the default model can be called; degraded, which is still ready, while another version has failed.</summary>
internal sealed class ModelsCheck(ModelRegistry registry) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (!registry.IsLoaded)
        {
            return HealthCheckResult.Unhealthy("The models are being loaded.");
        }

        // By "name version": every fault, for people who look at a pod that does not become ready.
        var failed = registry.Models.SelectMany(model => model.Versions)
            .Where(version => version.State == VersionState.Failed)
            .ToDictionary(version => $"{version.Model} {version.Version}", object (version) => version.Faults.Select(fault => fault.ToString()).ToArray());
        if (registry.Find(registry.DefaultModel)?.Production is not { } production)
        {
            return HealthCheckResult.Unhealthy(registry.Models.Any()
                ? $"The default model '{registry.DefaultModel}' has no version that is ready."
                : "There is no model.", data: failed);
        }

        return failed.Count == 0
            ? HealthCheckResult.Healthy($"{production.Model} {production.Version} is ready.")
            : HealthCheckResult.Degraded($"{production.Model} {production.Version} is ready; {failed.Count} other versions failed.", data: failed);
    }
}
