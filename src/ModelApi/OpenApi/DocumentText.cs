using Microsoft.OpenApi;
using ModelApi.Inference.Registry;
using Swashbuckle.AspNetCore.Swagger;

namespace ModelApi.OpenApi;

/// <summary>The OpenAPI document as it is sent. A build scores an example of each version, so one text serves all requests.</summary>
internal sealed class DocumentText(IServiceScopeFactory scopes, ModelRegistry registry) : IDisposable
{
    private readonly SemaphoreSlim _building = new(1);
    private volatile byte[]? _text;

    public async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (_text is { } built)
        {
            return built;
        }

        await _building.WaitAsync(cancellationToken);
        try
        {
            if (_text is null)
            {
                // A text of before the last model was loaded would lack it.
                var isComplete = registry.IsLoaded;
                var text = await BuildAsync(cancellationToken);
                _text = isComplete ? text : null;
                return text;
            }

            return _text;
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
}
