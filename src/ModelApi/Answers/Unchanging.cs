using Microsoft.Net.Http.Headers;

namespace ModelApi.Answers;

/// <summary>An answer that changes only with its bundle: has an ETag, and is 304 for a caller whose copy is current.</summary>
/// <param name="answer">The whole answer.</param>
/// <param name="digest">The bundle's digest.</param>
internal sealed class Unchanging(IResult answer, string digest) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        // Weak: compression and the envelope change the bytes, and another version of the server may write them differently.
        var tag = new EntityTagHeaderValue($"\"{Product.Version}-{digest[..32]}\"", isWeak: true);
        httpContext.Response.Headers.ETag = tag.ToString();
        httpContext.Response.Headers.CacheControl = "private, no-cache";
        var known = httpContext.Request.GetTypedHeaders().IfNoneMatch;
        if (!known.Any(held => held.Equals(EntityTagHeaderValue.Any) || held.Compare(tag, useStrongComparison: false)))
        {
            return answer.ExecuteAsync(httpContext);
        }

        httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }
}
