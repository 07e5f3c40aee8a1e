namespace ModelApi.Deployments.Rollouts;

/// <summary>The rows with one pair of labels.</summary>
internal sealed record StoredCell(string Old, string New, long Rows);
