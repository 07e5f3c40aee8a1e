namespace ModelApi.Deployments.Rollouts;

/// <summary>What becomes of a rollout in the store and the registry.</summary>
/// <remarks>
/// Each method throws <see cref="Storage.StoreUnavailableException"/> while the store cannot be used; it is to be called again.
/// </remarks>
internal interface IRolloutActions
{
    /// <summary>Keeps what was seen, so that it survives a restart.</summary>
    /// <returns>False when the model has changed in between; then it is to be kept again.</returns>
    Task<bool> SaveAsync(RolloutRun run, CancellationToken cancellationToken);

    /// <summary>Ends the rollout by its verdict, unless it has ended already or was replaced.</summary>
    Task EndAsync(RolloutRun run, CancellationToken cancellationToken);
}
