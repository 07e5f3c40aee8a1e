using Microsoft.Extensions.Options;

namespace ModelApi.Storage;

/// <summary>The archives of bundles by their SHA-256: each there whole, or not at all.</summary>
internal sealed class BundleFiles(IOptions<StorageOptions> options)
{
    private string Root => options.Value.SharedFolder
        ?? (options.Value.Root is { } root ? Path.Combine(root, "bundles") : throw new StoreUnavailableException(StoreState.Off));

    /// <summary>Keeps an archive; nothing is done where it is kept already.</summary>
    /// <exception cref="IOException">The disk fails or is full.</exception>
    public async Task SaveAsync(string file, string sha256, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Root);
        var target = Path.Combine(Root, sha256);
        if (File.Exists(target))
        {
            return;
        }

        var part = $"{target}.{Guid.NewGuid():n}.part";
        try
        {
            await using (var from = File.OpenRead(file))
            await using (var to = File.Create(part))
            {
                await from.CopyToAsync(to, cancellationToken);
                to.Flush(flushToDisk: true);
            }

            File.Move(part, target, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>The path of an archive on this machine.</summary>
    /// <exception cref="FileNotFoundException">It is not kept.</exception>
    public Task<string> FetchAsync(string sha256, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = Path.Combine(Root, sha256);
        return File.Exists(path)
            ? Task.FromResult(path)
            : throw new FileNotFoundException("The archive is not among those that are kept.");
    }

    /// <summary>Deletes an archive, if it is there.</summary>
    public Task DeleteAsync(string sha256, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        File.Delete(Path.Combine(Root, sha256));
        return Task.CompletedTask;
    }
}
