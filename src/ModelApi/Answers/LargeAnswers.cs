using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace ModelApi.Answers;

/// <summary>Compresses only answers that do not fit one network packet.</summary>
internal sealed class LargeAnswers(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    // The payload of one packet on Ethernet.
    public const int SmallestBytes = 1400;

    public override bool ShouldCompressResponse(HttpContext context) =>
        !(context.Response.ContentLength < SmallestBytes) && base.ShouldCompressResponse(context);
}
