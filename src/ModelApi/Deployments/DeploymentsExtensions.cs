using Microsoft.Extensions.Options;
using ModelApi.Configuration;
using ModelApi.Deployments.Archives;
using ModelApi.Deployments.Rollouts;

namespace ModelApi.Deployments;

internal static class DeploymentsExtensions
{
    public static void AddDeployments(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IDeploymentStore, DeploymentStore>();
        builder.AddSettings(DeploymentsOptions.Section, DeploymentsOptions.Read);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DeploymentsOptions>>().Value.ToArchiveLimits());
        services.AddSingleton<ArchiveReceiver>();
        services.AddSingleton<ArchiveUnpacker>();
        services.AddSingleton<UnpackedBundles>();
        services.AddSingleton<Reconciler>();
        services.AddSingleton<Deployer>();
        services.AddSingleton<Changes>();
        services.AddSingleton<IRolloutActions, RolloutActions>();
        services.AddSingleton<Uploads>();
        services.AddSingleton<BundleDownloads>();
        services.AddSingleton<StoreFollower>();
        services.AddHostedService(provider => provider.GetRequiredService<StoreFollower>());
        services.AddHostedService<BundleCollector>();
        services.ConfigureSwaggerGen(generator => generator.OperationFilter<ChangeDescriptions>());
        services.ConfigureSwaggerGen(generator => generator.OperationFilter<UploadDescription>());
        builder.AddVersionDiffs();
    }

    /// <summary>
    /// Begins to read what was decided about models. Before they begin to load, so that none is served that should not be.
    /// </summary>
    public static void UseDeployments(this WebApplication app) => app.Services.GetRequiredService<StoreFollower>().Begin();
}
