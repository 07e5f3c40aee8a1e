using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace ModelApi.Answers;

/// <summary>Compresses answers, but not those that would hardly become smaller.</summary>
internal sealed class LargeAnswers(IServiceProvider services, IOptions<ResponseCompressionOptions> options) : ResponseCompressionProvider(services, options)
{
    // One network packet holds as much.
    public const int SmallestBytes = 1400;

    public override bool ShouldCompressResponse(HttpContext context) =>
        !(context.Response.ContentLength < SmallestBytes) && base.ShouldCompressResponse(context);
}
