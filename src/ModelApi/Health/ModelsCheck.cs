using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Health;

/// <summary>
/// Ready once the default model can be called, or any model where none is the default; degraded, which is still ready, when another
/// version has failed.
/// </summary>
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
        var name = registry.DefaultModel;
        var model = name is null ? snapshot.Models.FirstOrDefault(served => served.Production is not null) : snapshot.Find(name);
        if (model?.Production is { } production)
        {
            return failed.Count == 0
                ? HealthCheckResult.Healthy($"{production.Model} {production.Version} is ready.")
                : HealthCheckResult.Degraded(
                    $"{production.Model} {production.Version} is ready; {failed.Count} other versions failed.", data: failed);
        }

        var reason = (MissingDefault.Explain(snapshot, name), name, snapshot, model) switch
        {
            ({ } missing, _, _, _) => missing,
            (_, null, { IsLoaded: false }, _) => "The models are being loaded.",
            (_, _, { IsScanned: false }, _) or (_, _, _, { IsLoading: true }) => $"The default model '{name}' is being loaded.",
            (_, _, { Models.Count: 0 }, _) => "There is no model.",
            (_, null, _, _) => "No model has a version that is ready.",
            _ => $"The default model '{name}' has no version that is ready.",
        };
        return HealthCheckResult.Unhealthy(reason, data: failed);
    }
}
