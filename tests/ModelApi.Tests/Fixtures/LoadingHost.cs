using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Tests.Fixtures;

/// <summary>A host with a model that does not finish loading until the test lets it.</summary>
internal sealed class LoadingHost(string root, string held, string? defaultModel = "bank") : ModelApiHost
{
    private readonly ManualResetEventSlim _isOpen = new();

    public void Open() => _isOpen.Set();

    public HttpClient CreateAuthorizedClient()
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        return client;
    }

    public async Task WaitForAsync(Func<RegistrySnapshot, bool> condition)
    {
        var registry = Services.GetRequiredService<ModelRegistry>();
        for (var patience = 0; !condition(registry.Snapshot); patience++)
        {
            Assert.True(patience < 6000, "The models were not loaded.");
            await Task.Delay(10);
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureTestServices(services => services.AddSingleton(
            new ModelRegistry(root, defaultModel, new VersionLoader(new BundleReader(), Select, new ReadLimits()))));
    }

    protected override void Dispose(bool disposing)
    {
        _isOpen.Set();
        base.Dispose(disposing);
    }

    private SelectedScorer Select(Bundle bundle, CancellationToken cancellationToken)
    {
        if (bundle.Manifest.Name == held)
        {
            _isOpen.Wait(cancellationToken);
        }

        return SelectedScorer.Create(new OnnxRuntimeScorer(bundle), bundle, "", cancellationToken);
    }
}
