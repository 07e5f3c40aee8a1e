using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using ModelApi.Errors;

namespace ModelApi.Deployments.Archives;

/// <summary>Receives the archives that requests carry, straight into files.</summary>
/// <remarks>What is wrong with the head of a request is found before its body is asked for (100 Continue).</remarks>
internal sealed class ArchiveReceiver(ArchiveLimits limits) : IDisposable
{
    private readonly SemaphoreSlim _places = new(limits.MaxConcurrent);

    /// <summary>Receives an archive.</summary>
    /// <param name="request">The request whose body it is.</param>
    /// <param name="folder">Where its file comes to lie; it exists.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The archive, or why there is none; then nothing is left in the folder.</returns>
    /// <exception cref="BadHttpRequestException">The body comes too slowly, or breaks a rule of HTTP.</exception>
    /// <exception cref="IOException">The client has gone.</exception>
    /// <exception cref="Storage.StoreUnavailableException">The disk fails or is full.</exception>
    public async Task<(ReceivedArchive? Archive, Problem? Problem)> ReceiveAsync(
        HttpRequest request, string folder, CancellationToken cancellationToken)
    {
        if (!TryReadHead(request, out var digest, out var problem))
        {
            return (null, problem);
        }

        if (!await _places.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return (null, ArchiveProblems.TooMany());
        }

        try
        {
            // The server's own limit is for bodies that are held in memory. What comes is counted below.
            if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = null;
            }

            return await ReceiveAsync(request, digest, folder, cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private bool TryReadHead(
        HttpRequest request, [NotNullWhen(true)] out ContentDigest? digest, [NotNullWhen(false)] out Problem? problem)
    {
        digest = ContentDigest.Parse(request.Headers[ContentDigest.Field]);
        problem = digest is null ? ArchiveProblems.MalformedDigest()
            : request.Headers.ContentEncoding.ToString() is not ("" or "identity") ? ArchiveProblems.UnsupportedCoding()
            : !IsArchive(request.ContentType) ? ArchiveProblems.UnsupportedMediaType()
            : request.ContentLength > limits.MaxBytes ? ArchiveProblems.TooLarge(limits.MaxBytes)
            : null;
        return problem is null;
    }

    // Without a type the first bytes decide, as they do between the types.
    private static bool IsArchive(string? contentType) =>
        string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out var media)
            && ArchiveFormats.MediaTypes.Contains(media.MediaType.ToString(), StringComparer.OrdinalIgnoreCase));

    private async Task<(ReceivedArchive? Archive, Problem? Problem)> ReceiveAsync(
        HttpRequest request, ContentDigest digest, string folder, CancellationToken cancellationToken)
    {
        var isAnnounced = request.Headers.Trailer.ToString().Contains(ContentDigest.Field, StringComparison.OrdinalIgnoreCase);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var sha512 = digest.HasSha512 || isAnnounced ? IncrementalHash.CreateHash(HashAlgorithmName.SHA512) : null;
        var file = new ArchiveFile(Path.Combine(folder, $"{Guid.NewGuid():n}{ArchiveUnpacker.PartSuffix}"), limits.MaxBytes);
        try
        {
            var problem = await file.WriteAsync(request.Body, [sha256, sha512], cancellationToken)
                ?? Compare(digest, request, sha256.GetCurrentHash(), sha512?.GetCurrentHash());
            if (problem is null)
            {
                var received = new ReceivedArchive(file.Path, file.Format, file.Bytes, Convert.ToHexStringLower(sha256.GetCurrentHash()));
                file = null;
                return (received, null);
            }

            return (null, problem);
        }
        finally
        {
            file?.Delete();
        }
    }

    private static Problem? Compare(ContentDigest digest, HttpRequest request, byte[] sha256, byte[]? sha512)
    {
        var trailer = request.CheckTrailersAvailable() ? ContentDigest.Parse(request.GetTrailer(ContentDigest.Field)) : ContentDigest.None;
        return trailer is null ? ArchiveProblems.MalformedDigest()
            : (digest.FindMismatch(sha256, sha512) ?? trailer.FindMismatch(sha256, sha512)) is { } algorithm
                ? ArchiveProblems.WrongDigest(algorithm)
                : null;
    }
}
