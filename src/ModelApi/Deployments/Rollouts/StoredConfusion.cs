namespace ModelApi.Deployments.Rollouts;

/// <summary>A <see cref="ConfusionTable"/> in the store.</summary>
/// <param name="Cells">The pairs of labels that occurred.</param>
/// <param name="Omitted">Rows with other pairs.</param>
internal sealed record StoredConfusion(StoredCell[] Cells, long Omitted);
