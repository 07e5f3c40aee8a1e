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
    private const int MostListed = 20;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check(registry.Snapshot));

    private HealthCheckResult Check(RegistrySnapshot snapshot)
    {
        var data = Describe(snapshot, out var failed);
        var name = registry.DefaultModel;
        var model = name is null ? snapshot.Models.FirstOrDefault(candidate => candidate.Production is not null) : snapshot.Find(name);
        if (model?.Production is { } production)
        {
            var served = $"{production.Model} {production.Version} is ready";
            return failed == 0
                ? HealthCheckResult.Healthy($"{served}.", data)
                : HealthCheckResult.Degraded($"{served}; {failed} other versions failed.", data: data);
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
        return HealthCheckResult.Unhealthy(reason, data: data);
    }

    // Anybody may read this: names and states, and as many whatever the folder holds. The faults are in the log and in GET /models/….
    private static Dictionary<string, object> Describe(RegistrySnapshot snapshot, out int failed)
    {
        var (ready, loading) = (0, 0);
        failed = 0;
        var notReady = new Dictionary<string, string>();
        foreach (var version in snapshot.Models.SelectMany(model => model.Versions))
        {
            ready += version.State == VersionState.Ready ? 1 : 0;
            loading += version.IsPending ? 1 : 0;
            failed += version.State == VersionState.Failed ? 1 : 0;
            if ((version.IsPending || version.State == VersionState.Failed) && notReady.Count < MostListed)
            {
                notReady[$"{version.Model} {version.Version}"] = version.IsPending ? "loading" : "failed";
            }
        }

        return new Dictionary<string, object>
        {
            ["ready"] = ready,
            ["loading"] = loading,
            ["failed"] = failed,
            ["notReady"] = notReady,
        };
    }
}
