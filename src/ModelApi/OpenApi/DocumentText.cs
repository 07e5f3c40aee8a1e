using System.Globalization;
using System.Text;
using Microsoft.OpenApi;
using ModelApi.Inference.Registry;
using Swashbuckle.AspNetCore.Swagger;

namespace ModelApi.OpenApi;

/// <summary>The OpenAPI document as it is sent.</summary>
/// <remarks>A build scores an example of each version, so one text serves all requests until the registry changes.</remarks>
internal sealed class DocumentText(IServiceScopeFactory scopes, ModelRegistry registry) : IDisposable
{
    private readonly SemaphoreSlim _building = new(1);
    private volatile BuiltText? _whole;
    private volatile BuiltText? _open;

    /// <summary>The document of the models that are ready. Only one caller builds it; others wait for that.</summary>
    /// <param name="isWhole">Whether it shows training arguments and performance.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<byte[]> ReadAsync(bool isWhole, CancellationToken cancellationToken)
    {
        if ((isWhole ? _whole : _open) is { } built && built.Snapshot == registry.Snapshot)
        {
            return built.Text;
        }

        await _building.WaitAsync(cancellationToken);
        try
        {
            // Read before the build: a text of an older snapshot must not stay.
            var snapshot = registry.Snapshot;
            if ((isWhole ? _whole : _open) is { } meanwhile && meanwhile.Snapshot == snapshot)
            {
                return meanwhile.Text;
            }

            var text = new BuiltText(
                snapshot, await BuildAsync(isWhole ? OpenApiExtensions.DocumentName : OpenApiExtensions.OpenDocumentName));
            if (isWhole)
            {
                _whole = text;
            }
            else
            {
                _open = text;
            }

            return text.Text;
        }
        finally
        {
            _building.Release();
        }
    }

    /// <summary>A part of the document, or all of it, as JSON without white space.</summary>
    public static string Write(IOpenApiSerializable part)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        part.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        return text.ToString();
    }

    public void Dispose() => _building.Dispose();

    private async Task<byte[]> BuildAsync(string name)
    {
        await using var scope = scopes.CreateAsyncScope();
        var provider = scope.ServiceProvider.GetRequiredService<IAsyncSwaggerProvider>();
        var document = await provider.GetSwaggerAsync(name, host: null, basePath: null);
        document.Servers = [new OpenApiServer { Url = "/" }];
        return Encoding.UTF8.GetBytes(Write(document));
    }

    private sealed record BuiltText(RegistrySnapshot Snapshot, byte[] Text);
}
