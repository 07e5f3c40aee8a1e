namespace ModelApi.Storage;

/// <summary>Whether the store can be used.</summary>
/// <param name="IsAvailable">Whether it can.</param>
/// <param name="Reason">Why not, in a sentence for callers: no paths and no addresses.</param>
/// <param name="IsDegraded">Whether the server lacks something that it had or should have; not where it runs without a store.</param>
internal sealed record StoreState(bool IsAvailable, string Reason, bool IsDegraded)
{
    public static StoreState Unopened { get; } = new(IsAvailable: false, "The store is being opened.", IsDegraded: false);

    public static StoreState Available { get; } = new(IsAvailable: true, "The store is open.", IsDegraded: false);

    public static StoreState Off { get; } =
        new(IsAvailable: false, "The server keeps no changes, because Storage:Folder is empty.", IsDegraded: false);

    /// <summary>Nothing was ever stored, and nothing can be.</summary>
    public static StoreState Without(string reason) => new(IsAvailable: false, reason, IsDegraded: false);

    public static StoreState Away(string reason) => new(IsAvailable: false, reason, IsDegraded: true);
}
