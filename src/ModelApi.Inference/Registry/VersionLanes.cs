using System.Collections.Concurrent;

namespace ModelApi.Inference.Registry;

/// <summary>Loads many versions, as many at a time as there are cores.</summary>
/// <param name="loadAsync">
/// Loads one, alone or beside others; false when memory ran out, and may have done so because of the others.
/// </param>
internal sealed class VersionLanes(Func<ModelVersion, bool, CancellationToken, Task<bool>> loadAsync)
{
    // How long the loading of one version holds up the next.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Loads versions.</summary>
    /// <param name="versions">The versions, which are pending.</param>
    /// <param name="first">The model whose versions come before all others, or null.</param>
    /// <param name="headStart">For how long they are loaded alone.</param>
    /// <param name="cancellationToken">Ends the loading early.</param>
    public async Task LoadAsync(
        IReadOnlyList<ModelVersion> versions, string? first, TimeSpan headStart, CancellationToken cancellationToken)
    {
        if (versions.Count == 0)
        {
            return;
        }

        // The newest version of each model first, because it is the one to serve, and the largest of these: started last, it would keep
        // one core busy after the others are done.
        var newest = versions.GroupBy(version => version.Model, StringComparer.Ordinal).Select(group => group.Last()).ToHashSet();
        var sizes = versions.ToDictionary(version => version, version => FolderScan.SizeOf(version.Source.Folder));
        var ordered = versions.OrderByDescending(newest.Contains).ThenByDescending(version => sizes[version]).ToList();
        var crowded = new ConcurrentQueue<ModelVersion>();
        var ofFirst = ordered.FindAll(version => version.Model == first);
        var firsts = RunAsync(ofFirst, crowded, cancellationToken);
        if (ofFirst.Count > 0)
        {
            await Task.WhenAny(firsts, Task.Delay(headStart, cancellationToken)).ConfigureAwait(false);
        }

        await Task.WhenAll(firsts, RunAsync([.. ordered.Except(ofFirst)], crowded, cancellationToken)).ConfigureAwait(false);
        foreach (var version in crowded)
        {
            await loadAsync(version, true, cancellationToken).ConfigureAwait(false);
        }
    }

    // One that takes long, and may never end, makes room for the next.
    private Task RunAsync(List<ModelVersion> versions, ConcurrentQueue<ModelVersion> crowded, CancellationToken cancellationToken)
    {
        var next = -1;
        var lanes = new Task[Math.Min(Environment.ProcessorCount, versions.Count)];
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            lanes[lane] = LoadManyAsync();
        }

        return Task.WhenAll(lanes);

        async Task LoadManyAsync()
        {
            var loads = new List<Task>();
            while (Interlocked.Increment(ref next) is var index && index < versions.Count)
            {
                var load = LoadOneAsync(versions[index]);
                loads.Add(load);
                await Task.WhenAny(load, Task.Delay(Patience, cancellationToken)).ConfigureAwait(false);
            }

            await Task.WhenAll(loads).ConfigureAwait(false);
        }

        async Task LoadOneAsync(ModelVersion version)
        {
            if (!await loadAsync(version, false, cancellationToken).ConfigureAwait(false))
            {
                crowded.Enqueue(version);
            }
        }
    }
}
