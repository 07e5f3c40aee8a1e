namespace ModelApi.Storage;

/// <summary>A place where archives are kept by their SHA-256: each there whole, or not at all.</summary>
internal interface IBundleStore
{
    /// <summary>Keeps everybody from collecting, in all processes. Several may hold it at a time.</summary>
    Task<IAsyncDisposable> HoldAsync(CancellationToken cancellationToken);

    /// <summary>Keeps everybody from saving.</summary>
    /// <returns>Null while somebody holds it.</returns>
    Task<IAsyncDisposable?> TryHoldAloneAsync(CancellationToken cancellationToken);

    Task SaveAsync(string file, string sha256, CancellationToken cancellationToken);

    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    Task DeleteAsync(string sha256, CancellationToken cancellationToken);
}
