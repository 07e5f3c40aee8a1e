using Microsoft.Extensions.Options;
using ModelApi.Configuration;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Isolation;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Limits;
using ModelApi.OpenApi;

namespace ModelApi.Models;

internal static class ModelsExtensions
{
    public static void AddModels(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddSettings(ModelsOptions.Section, ModelsOptions.Read);
        services.AddSingleton(provider =>
        {
            var models = provider.GetRequiredService<IOptions<ModelsOptions>>().Value;
            var limits = provider.GetRequiredService<IOptions<LimitsOptions>>().Value;
            var batchThreads = models.BatchThreads > 0 ? models.BatchThreads : Environment.ProcessorCount;
            var loadLimits = models.ToLoadLimits();
            var loader = new VersionLoader(
                new BundleReader(),
                new EngineSelector(models.Engine, models.Threads, batchThreads).SelectFirst,
                new ReadLimits(limits.MaxJsonDepth, limits.MaxRowsPerRequest),
                models.Batching.ToPolicy(models.Threads, limits.MaxQueueMilliseconds),
                loadLimits,
                new IsolatedProver(ChildProgram.Of(typeof(Program).Assembly), loadLimits, models.Engine));
            return new ModelRegistry(FindRoot(models.Root, builder.Environment), models.Default, loader)
            {
                IsolatesFolder = models.Isolation == IsolationMode.Process,
            };
        });
        services.AddSingleton<VersionLookup>();
        services.AddSingleton<ModelProblems>();
        services.AddSingleton<IModelOperations, ModelPartOperations>();
        services.ConfigureSwaggerGen(generator => generator.OperationFilter<ModelRouteDescriptions>());
        services.AddSingleton<ModelLoading>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelLoading>());
        services.AddHostedService<FolderWatch>();
    }

    /// <summary>Begins to load the models while the server is still being put together.</summary>
    public static void UseModels(this WebApplication app)
    {
        app.Services.GetRequiredService<ModelLoading>().Begin();
    }

    private static string FindRoot(string root, IHostEnvironment environment)
    {
        var path = Path.GetFullPath(root, environment.ContentRootPath);
        return Directory.Exists(path) ? path : Path.GetFullPath(root, AppContext.BaseDirectory);
    }
}
