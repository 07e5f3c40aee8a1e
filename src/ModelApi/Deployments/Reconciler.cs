using ModelApi.Deployments.Archives;
using ModelApi.Deployments.Rollouts;
using ModelApi.Inference.Registry;
using ModelApi.Models;
using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>Lets the registry follow the store: loads what was uploaded, frees what was deleted, and places all the rest.</summary>
/// <remarks>
/// One change at a time. A record is applied as a whole, so that one that was missed makes no difference once a later one comes.
/// </remarks>
internal sealed class Reconciler(
    IDeploymentStore store, ModelRegistry registry, UnpackedBundles bundles, RolloutRuns runs, ILogger<Reconciler> logger) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, ModelRecord> _known = new(StringComparer.Ordinal);
    private volatile bool _hasCaughtUp;

    /// <summary>Reads the store, unless that was done: a change must not be decided on a registry that is not placed yet.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be used now.</exception>
    public Task CatchUpAsync(CancellationToken cancellationToken) => _hasCaughtUp ? Task.CompletedTask : SyncAsync(cancellationToken);

    /// <summary>Reads the whole store, and lets the registry follow it.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be used now.</exception>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var records = await store.ReadAllAsync(cancellationToken);
            var gone = _known.Keys.Except(records.Select(record => record.Name)).ToList();
            var isFirst = !_hasCaughtUp;
            foreach (var record in records)
            {
                Follow(record, isFirst);
            }

            gone.ForEach(Forget);
            if (isFirst)
            {
                var placements = records.ToDictionary(record => record.Name, Place, StringComparer.Ordinal);
                Run(registry.PlaceAsync(placements, areAll: true, _stopping.Token));
                bundles.DeleteAllBut(DigestsOf(records));
                _hasCaughtUp = true;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Places nothing: there is no store that could say anything else.</summary>
    public async Task DoWithoutAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_hasCaughtUp)
            {
                await registry.PlaceAsync(new Dictionary<string, ModelPlacement>(), areAll: true, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lets the registry follow one model.</summary>
    public async Task ApplyAsync(ModelRecord record, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            Follow(record, isFirst: false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lets the registry forget a model that the store has forgotten.</summary>
    public async Task ForgetAsync(string model, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            Forget(model);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lists the versions that were decided about but are in the folder of models no longer, once that was read.</summary>
    public async Task ListMissingAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            foreach (var record in _known.Values)
            {
                ListMissing(record);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        // What still runs looks at the token, and may release the gate.
        _stopping.Cancel();
    }

    private void Follow(ModelRecord record, bool isFirst)
    {
        if (_known.TryGetValue(record.Name, out var known) && known.Revision >= record.Revision)
        {
            return;
        }

        _known[record.Name] = record;
        var uploads = record.Versions.Where(version => version.Origin == VersionOrigin.Upload).ToList();
        var present = registry.Snapshot.Find(record.Name)?.Versions.Where(version => version.Origin == VersionOrigin.Upload).ToList() ?? [];
        foreach (var version in present.Where(version => !uploads.Exists(upload => Is(version, upload))))
        {
            Remove(version);
        }

        var missing = uploads.FindAll(upload => !present.Exists(version => Is(version, upload)));
        if (missing.Count > 0)
        {
            Run(LoadAsync(record.Name, missing));
        }

        if (!isFirst)
        {
            ListMissing(record);
            PlaceOnceLoaded(record);
        }
    }

    private void Forget(string model)
    {
        _known.Remove(model);
        runs.Follow(model, settingsJson: null, stateJson: null);
        foreach (var version in registry.Snapshot.Find(model)?.Versions ?? [])
        {
            if (version.Origin == VersionOrigin.Upload)
            {
                Remove(version);
            }
        }

        Run(registry.PlaceAsync(Of(model, ModelPlacement.Empty), areAll: false, _stopping.Token));
    }

    private void Remove(ModelVersion version)
    {
        registry.Remove(version.Model, version.Version);
        bundles.Delete(version.Source.Folder);
    }

    private async Task LoadAsync(string model, List<VersionRecord> versions)
    {
        var absent = versions.FindAll(version => !bundles.Has(model, version));
        registry.AddReceived(absent.Select(version => bundles.SourceOf(model, version)));
        var loads = new List<Task> { AddAsync(versions.Except(absent)) };
        foreach (var version in absent)
        {
            try
            {
                await bundles.FetchAsync(model, version, _stopping.Token);
                loads.Add(AddAsync([version]));
            }
            catch (Exception exception) when (exception is StoreUnavailableException or ArchiveException or IOException)
            {
                logger.NotFetched(model, version.Version, exception.Message);
                registry.AddUnloaded(bundles.SourceOf(model, version), $"Its archive could not be fetched: {exception.Message}");
            }
        }

        await Task.WhenAll(loads);

        Task AddAsync(IEnumerable<VersionRecord> present) => registry.AddAsync(
            [.. present.Select(version => bundles.SourceOf(model, version))], _stopping.Token);
    }

    // A version that others have promoted may still be fetched or loaded here. Until it is done, the one before it answers.
    private void PlaceOnceLoaded(ModelRecord record)
    {
        var model = registry.Snapshot.Find(record.Name);
        var next = record.Production() is { } number ? model?.Find(number) : null;
        Run(model?.Production is not null && next is { IsPending: true }
            ? PlaceLaterAsync(record.Name, next.Version)
            : registry.PlaceAsync(Of(record.Name, Place(record)), areAll: false, _stopping.Token));
    }

    private async Task PlaceLaterAsync(string model, string next)
    {
        await LoadedVersion.WaitAsync(registry, model, next, _stopping.Token);
        await _gate.WaitAsync(_stopping.Token);
        try
        {
            if (_known.TryGetValue(model, out var record))
            {
                PlaceOnceLoaded(record);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private void ListMissing(ModelRecord record)
    {
        if (!registry.Snapshot.IsScanned)
        {
            return;
        }

        foreach (var version in record.Versions)
        {
            var isNamed = version.Stage != Stage.None || record.Aliases.Values.Contains(version.Version);
            if (version is { Origin: VersionOrigin.Folder, IsDeleted: false } && isNamed
                && registry.Snapshot.Find(record.Name)?.Find(version.Version) is null)
            {
                registry.AddUnloaded(
                    VersionSource.Of(record.Name, Path.Combine(registry.Root, record.Name, version.Version)), FolderWatch.FolderIsGone);
            }
        }
    }

    private static HashSet<string> DigestsOf(IEnumerable<ModelRecord> records) =>
        [.. records.SelectMany(record => record.Versions).Select(version => version.Digest).OfType<string>()];

    private ModelPlacement Place(ModelRecord record) =>
        record.ToPlacement(runs.Follow(record.Name, record.RolloutJson, record.RolloutStateJson)?.Settings.ToRollout());

    private bool Is(ModelVersion version, VersionRecord upload) =>
        version.Version == upload.Version && version.Source.Folder == bundles.FolderOf(version.Model, upload.Version, upload.Digest!);

    private static Dictionary<string, ModelPlacement> Of(string model, ModelPlacement placement) => new() { [model] = placement };

    // Loading goes on beside the change that has asked for it; the registry tells how it ends.
    private async void Run(Task loading)
    {
        try
        {
            await loading;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception exception)
        {
            logger.NotFollowed(exception);
        }
    }
}
