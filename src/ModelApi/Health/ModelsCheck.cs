using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Health;

/// <summary>Ready once the default model can be called; degraded, which is still ready, when another version has failed.</summary>
internal sealed class ModelsCheck(ModelRegistry registry) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check(registry.Snapshot));

    private HealthCheckResult Check(RegistrySnapshot snapshot)
    {
        // By "name version", every fault: a pod that does not become ready says why.
        var failed = snapshot.Models.SelectMany(model => model.Versions)
            .Where(version => version.State == VersionState.Failed)
            .ToDictionary(
                version => $"{version.Model} {version.Version}",
                object (version) => version.Faults.Select(fault => fault.ToString()).ToArray());
        var model = snapshot.Find(registry.DefaultModel);
        if (model?.Production is { } production)
        {
            return failed.Count == 0
                ? HealthCheckResult.Healthy($"{production.Model} {production.Version} is ready.")
                : HealthCheckResult.Degraded(
                    $"{production.Model} {production.Version} is ready; {failed.Count} other versions failed.", data: failed);
        }

        var reason = MissingDefault.Explain(snapshot, registry.DefaultModel) is { } missing ? missing
            : !snapshot.IsScanned || model is { IsLoading: true } ? $"The default model '{registry.DefaultModel}' is being loaded."
            : snapshot.Models.Count == 0 ? "There is no model."
            : $"The default model '{registry.DefaultModel}' has no version that is ready.";
        return HealthCheckResult.Unhealthy(reason, data: failed);
    }
}
