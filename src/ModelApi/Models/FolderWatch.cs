using System.Threading.Channels;
using Microsoft.Extensions.Options;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;

namespace ModelApi.Models;

/// <summary>Loads bundles that are copied into the folder of models while the server runs, and lets go of those that are removed.</summary>
/// <remarks>
/// A bundle is loaded once it is complete: all its files are there, with their digests. One that stays incomplete is loaded all the same
/// after a while, so that its faults are seen. A folder of models that cannot be listed changes nothing.
/// </remarks>
internal sealed class FolderWatch(
    ModelRegistry registry, ModelLoading loading, IOptions<ModelsOptions> options, TimeProvider time, ILogger<FolderWatch> logger)
    : BackgroundService
{
    public const string FolderIsGone = "Its folder is no longer in the folder of models.";

    // A copy raises many events; and some file systems raise none.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly BundleReader _reader = new();
    private readonly Dictionary<string, BundleStamp> _loaded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (BundleStamp Stamp, long Since)> _incomplete = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Watch)
        {
            return;
        }

        try
        {
            await loading.Completion.WaitAsync(stoppingToken);
            foreach (var version in registry.Snapshot.Models.SelectMany(model => model.Versions))
            {
                _loaded[version.Source.Folder] = BundleStamp.Of(version.Source.Folder);
            }

            using var watcher = TryWatch();
            while (true)
            {
                await LookAsync(stoppingToken);
                await WaitAsync(_incomplete.Count > 0 ? Settle : Period, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task WaitAsync(TimeSpan most, CancellationToken stoppingToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        waiting.CancelAfter(most);
        try
        {
            await _changes.Reader.ReadAsync(waiting.Token);
            await Task.Delay(Settle, time, stoppingToken);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // Nothing was told; look all the same.
        }
    }

    private FileSystemWatcher? TryWatch()
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(registry.Root)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Created += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Deleted += (_, _) => _changes.Writer.TryWrite(true);
            watcher.Renamed += (_, _) => _changes.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or PlatformNotSupportedException)
        {
            watcher?.Dispose();
            logger.NotWatched(Period.TotalSeconds, exception.Message);
            return null;
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        var scan = registry.Scan();
        var complete = new List<VersionSource>();
        foreach (var source in scan.Sources.Where(source => !registry.Hides(source)))
        {
            var stamp = BundleStamp.Of(source.Folder);
            if (!_loaded.TryGetValue(source.Folder, out var known) || known != stamp)
            {
                if (await IsCompleteAsync(source, stamp, stoppingToken))
                {
                    _loaded[source.Folder] = stamp;
                    complete.Add(source);
                }
            }
        }

        await LoadAsync(complete, stoppingToken);
        if (scan.IsWhole)
        {
            LetGo(scan.Sources.Select(source => source.Folder).ToHashSet(StringComparer.Ordinal));
        }
    }

    private async Task<bool> IsCompleteAsync(VersionSource source, BundleStamp stamp, CancellationToken stoppingToken)
    {
        if (!_incomplete.TryGetValue(source.Folder, out var before) || before.Stamp != stamp)
        {
            before = _incomplete[source.Folder] = (stamp, time.GetTimestamp());
        }

        var isComplete = await _reader.IsCompleteAsync(source.Folder, stoppingToken)
            || time.GetElapsedTime(before.Since) > Patience;
        if (isComplete)
        {
            _incomplete.Remove(source.Folder);
        }

        return isComplete;
    }

    private async Task LoadAsync(List<VersionSource> sources, CancellationToken stoppingToken)
    {
        var added = new List<VersionSource>();
        foreach (var source in sources)
        {
            var version = registry.Snapshot.Find(source.Model)?.Find(source.Version);
            if (version is { Origin: VersionOrigin.Upload })
            {
                logger.NumberTaken(source.Model, source.Version);
            }
            else if (version is not { State: VersionState.Ready })
            {
                logger.VersionFound(source.Model, source.Version);
                added.Add(source);
            }
            else
            {
                logger.VersionChanged(source.Model, source.Version);
                var loaded = await registry.ReloadAsync(version, stoppingToken);
                if (loaded.State == VersionState.Failed)
                {
                    logger.ChangeRefused(source.Model, source.Version, loaded.FaultCount, ShownFaults.Text(loaded));
                }
            }
        }

        await registry.AddAsync(added, stoppingToken);
    }

    private void LetGo(HashSet<string> present)
    {
        foreach (var version in registry.Snapshot.Models.SelectMany(model => model.Versions))
        {
            if (version.Origin != VersionOrigin.Folder || present.Contains(version.Source.Folder) || version.State == VersionState.Unloaded)
            {
                continue;
            }

            logger.VersionRemoved(version.Model, version.Version);
            var placement = registry.Snapshot.Find(version.Model)!.Placement;
            if (placement.StageOf(version.Version) == Stage.None && !placement.Aliases.ContainsValue(version.Version))
            {
                registry.Remove(version.Model, version.Version);
            }
            else
            {
                registry.AddUnloaded(version.Source, FolderIsGone);
            }
        }

        foreach (var folder in _loaded.Keys.Concat(_incomplete.Keys).Where(folder => !present.Contains(folder)).ToList())
        {
            _loaded.Remove(folder);
            _incomplete.Remove(folder);
        }
    }
}
