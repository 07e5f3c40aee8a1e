using Microsoft.OpenApi;
using ModelApi.Inference.Registry;
using Swashbuckle.AspNetCore.Swagger;

namespace ModelApi.OpenApi;

/// <summary>The OpenAPI document as it is sent.</summary>
/// <remarks>A build scores an example of each version, so one text serves all requests until the registry changes.</remarks>
internal sealed class DocumentText(IServiceScopeFactory scopes, ModelRegistry registry) : IDisposable
{
    private readonly SemaphoreSlim _building = new(1);
    private volatile BuiltText? _built;

    public async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (_built is { } built && built.Snapshot == registry.Snapshot)
        {
            return built.Text;
        }

        await _building.WaitAsync(cancellationToken);
        try
        {
            // Read before the build: a text of an older snapshot must not stay.
            var snapshot = registry.Snapshot;
            if (_built is { } meanwhile && meanwhile.Snapshot == snapshot)
            {
                return meanwhile.Text;
            }

            var text = await BuildAsync(cancellationToken);
            _built = new BuiltText(snapshot, text);
            return text;
        }
        finally
        {
            _building.Release();
        }
    }

    public void Dispose() => _building.Dispose();

    private async Task<byte[]> BuildAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var provider = scope.ServiceProvider.GetRequiredService<IAsyncSwaggerProvider>();
        var document = await provider.GetSwaggerAsync(OpenApiExtensions.DocumentName, host: null, basePath: null);
        document.Servers = [new OpenApiServer { Url = "/" }];
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1, cancellationToken);
        return stream.ToArray();
    }

    private sealed record BuiltText(RegistrySnapshot Snapshot, byte[] Text);
}
