using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>What was decided about models, and survives the process.</summary>
/// <remarks>Each method throws <see cref="StoreUnavailableException"/> while the store cannot be used.</remarks>
internal interface IDeploymentStore
{
    /// <summary>All models; none, and nothing is opened for it, where nothing was ever stored.</summary>
    Task<IReadOnlyList<ModelRecord>> ReadAllAsync(CancellationToken cancellationToken);

    Task<ModelRecord?> FindAsync(string model, CancellationToken cancellationToken);

    /// <summary>Saves the whole of a model as one change, with its lines of history and of the audit log, and announces it.</summary>
    /// <param name="record">The new state, with the revision that was read; 0 for a new model.</param>
    /// <param name="change">What was done.</param>
    /// <param name="cancellationToken">Ends the change before it is made.</param>
    /// <returns>The state with its new revision.</returns>
    /// <exception cref="ChangedMeanwhileException">Somebody was faster, and nothing was saved.</exception>
    Task<ModelRecord> SaveAsync(ModelRecord record, Change change, CancellationToken cancellationToken);

    /// <summary>Forgets a model; its history stays.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="revision">The revision that was read.</param>
    /// <param name="change">What was done.</param>
    /// <param name="cancellationToken">Ends the change before it is made.</param>
    /// <exception cref="ChangedMeanwhileException">Somebody was faster, and nothing was deleted.</exception>
    Task DeleteAsync(string model, long revision, Change change, CancellationToken cancellationToken);

    /// <summary>The changes of a model, the newest first.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="limit">The most of them.</param>
    /// <param name="before">Only those with a smaller number; null for the newest.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    Task<IReadOnlyList<HistoryEntry>> ReadHistoryAsync(string model, int limit, long? before, CancellationToken cancellationToken);

    /// <summary>Keeps what a rollout has found so far. No change: it has no revision and no line of history.</summary>
    /// <returns>Whether it was kept: not when the model is unknown or has another revision by now.</returns>
    Task<bool> SaveRolloutStateAsync(string model, long revision, string json, CancellationToken cancellationToken);

    /// <summary>The digests of all archives that a version needs.</summary>
    Task<IReadOnlySet<string>> ReadDigestsAsync(CancellationToken cancellationToken);

    /// <summary>Comes back whenever models may have changed in the store, whoever changed them; once at the beginning.</summary>
    IAsyncEnumerable<long> WatchAsync(CancellationToken cancellationToken);
}
