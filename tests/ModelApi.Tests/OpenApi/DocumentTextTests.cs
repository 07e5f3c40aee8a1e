using System.Net;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using ModelApi.Models;
using ModelApi.OpenApi;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.OpenApi;

public sealed class DocumentTextTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    private static readonly Uri Address = new("/openapi/v1.json", UriKind.Relative);

    [Fact]
    public async Task Requests_that_come_at_once_wait_for_one_build()
    {
        var builds = new Builds();
        using var host = HostWith(builds);
        var client = host.CreateClient();

        var texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.GetStringAsync(Address)));

        Assert.Single(texts.Distinct());
        Assert.Equal(1, builds.Count);
    }

    [Fact]
    public async Task A_build_that_fails_is_not_kept()
    {
        var builds = new Builds { FailsFirst = true };
        using var host = HostWith(builds);
        var client = host.CreateClient();

        var first = await client.GetAsync(Address);
        var second = await client.GetAsync(Address);

        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(2, builds.Count);
    }

    [Fact]
    public async Task A_model_is_documented_as_soon_as_it_is_ready()
    {
        using var models = new TemporaryModels();
        models.AddBank();
        models.AddBank("slow");
        using var host = new LoadingHost(models.Root, held: "slow");
        var client = host.CreateAuthorizedClient();
        await host.WaitForAsync(snapshot => snapshot.Find("bank")?.Production is not null);

        var before = await client.GetStringAsync(Address);
        host.Open();
        await host.WaitForAsync(snapshot => snapshot.IsLoaded);
        var after = await client.GetStringAsync(Address);

        Assert.Contains("\"/models/bank/predict\"", before, StringComparison.Ordinal);
        Assert.DoesNotContain("\"/models/slow/predict\"", before, StringComparison.Ordinal);
        Assert.Contains("\"/models/slow/predict\"", after, StringComparison.Ordinal);
    }

    private WebApplicationFactory<Program> HostWith(Builds builds)
    {
        var host = api.WithWebHostBuilder(
            builder => builder.ConfigureTestServices(services => services.AddSingleton<IModelOperations>(builds)));
        host.Services.GetRequiredService<ModelLoading>().Completion.Wait(TimeSpan.FromSeconds(60));
        return host;
    }

    /// <summary>Counts how often the default model's operations are added.</summary>
    private sealed class Builds : IModelOperations
    {
        private int _count;

        public bool FailsFirst { get; init; }

        public int Count => _count;

        public void AddTo(OpenApiDocument document, ModelRoutes routes)
        {
            if (!routes.NamesModel && Interlocked.Increment(ref _count) == 1 && FailsFirst)
            {
                throw new InvalidOperationException("The first build fails.");
            }
        }
    }
}
