namespace ModelApi.Deployments;

/// <summary>What was in production of a model, one version on top of the other.</summary>
internal static class ProductionHistory
{
    /// <summary>
    /// The versions that were in production before the one that is, the last one first. A rollback takes the version away that it leaves,
    /// so that the next one goes further back.
    /// </summary>
    /// <param name="history">The changes of the model, the newest first; older ones may be missing.</param>
    /// <param name="production">The version in production, or null.</param>
    public static IEnumerable<string> Earlier(IReadOnlyList<HistoryEntry> history, string? production)
    {
        var stack = new List<string>();
        foreach (var entry in history.Reverse())
        {
            if (entry.Action == Actions.Promote)
            {
                if (stack.Count == 0 && entry.Before is { } first)
                {
                    stack.Add(first);
                }

                stack.Add(entry.Version!);
            }
            else if (entry.Action == Actions.Rollback)
            {
                // Down to the version to which it went; versions between them were not ready.
                var index = stack.LastIndexOf(entry.Version!);
                stack.RemoveRange(index + 1, stack.Count - index - 1);
                if (index < 0)
                {
                    stack.Add(entry.Version!);
                }
            }
            else if (entry.Action == Actions.Delete)
            {
                // Another bundle may come under its number, which was never in production.
                stack.RemoveAll(version => entry.Version is null || version == entry.Version);
            }
        }

        if (stack.Count > 0 && stack[^1] == production)
        {
            stack.RemoveAt(stack.Count - 1);
        }

        return stack.AsEnumerable().Reverse().Where(version => version != production).Distinct();
    }
}
