using Microsoft.Net.Http.Headers;
using ModelApi.Deployments.Archives;

namespace ModelApi.Deployments;

/// <summary>The archive of a version of the folder of models as an answer.</summary>
/// <param name="archive">The archive.</param>
/// <param name="name">The name under which a browser saves it.</param>
/// <param name="sha256">Its digest, in hexadecimal.</param>
/// <param name="bytes">Its size.</param>
internal sealed class FolderBundle(FolderArchive archive, string name, string sha256, long bytes) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var tag = ArchiveTag.Of(sha256);
        response.Headers.ETag = tag.ToString();
        var known = httpContext.Request.GetTypedHeaders().IfNoneMatch;
        if (known.Any(held => held.Equals(EntityTagHeaderValue.Any) || held.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = ArchiveFormat.TarGz.MediaType();
        response.ContentLength = bytes;
        response.Headers.ContentDisposition = $"attachment; filename={name}";
        return archive.WriteAsync(response.Body, httpContext.RequestAborted);
    }
}
