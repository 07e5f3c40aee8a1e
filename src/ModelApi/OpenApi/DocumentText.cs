using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace ModelApi.OpenApi;

/// <summary>The OpenAPI document as it is sent: made once, because anybody may ask for it and making it scores an example of each version.</summary>
/// <remarks>It says nothing of the request, so that one text serves all; whatever will change the registry must forget it.</remarks>
internal sealed class DocumentText(IServiceScopeFactory scopes)
{
    private volatile byte[]? _text;

    public async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (_text is { } made)
        {
            return made;
        }

        await using var scope = scopes.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredService<IAsyncSwaggerProvider>().GetSwaggerAsync(OpenApiExtensions.DocumentName, host: null, basePath: null);
        document.Servers = [new OpenApiServer { Url = "/" }];
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1, cancellationToken);
        return _text = stream.ToArray();
    }
}
