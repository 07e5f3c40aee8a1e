using System.Diagnostics;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Inference.Registry;

/// <summary>
/// Loads models and publishes their states as immutable snapshots, which readers take without a lock. Versions are added, removed and
/// placed while requests go on: a request keeps the version that it got.
/// </summary>
public sealed class ModelRegistry : IDisposable
{
    private readonly string _root;
    private readonly string? _defaultModel;
    private readonly VersionLoader _loader;
    private readonly VersionLanes _lanes;
    private readonly Lock _publishing = new();
    private readonly Dictionary<string, ModelPlacement> _placements = new(StringComparer.Ordinal);
    private volatile RegistrySnapshot _snapshot = RegistrySnapshot.Empty;
    private bool _arePlaced = true;
    private bool _isDisposed;

    /// <summary>Makes a registry that is empty until <see cref="LoadAsync"/>.</summary>
    /// <param name="root">The folder that holds <c>name/version/</c> folders.</param>
    /// <param name="defaultModel">The model that serves calls without a name; null for the only model of the folder.</param>
    /// <param name="loader">Loads each version.</param>
    public ModelRegistry(string root, string? defaultModel, VersionLoader loader)
    {
        _root = root;
        _defaultModel = defaultModel;
        _loader = loader;
        _lanes = new VersionLanes(LoadOneAsync);
    }

    /// <summary>For how long the default model loads alone, since most callers wait for it and the others need the processor too.</summary>
    internal TimeSpan HeadStart { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether a process of its own proves each version of the folder before it is loaded.</summary>
    public bool IsolatesFolder { get; init; }

    /// <summary>Raised for each version that is ready or failed, once the snapshot has it; on any thread, several at a time.</summary>
    public event Action<ModelVersion>? VersionLoaded;

    /// <summary>Raised for each new snapshot, once it is there; on any thread, several at a time.</summary>
    public event Action? Published;

    /// <summary>The folder that holds <c>name/version/</c> folders.</summary>
    public string Root => _root;

    /// <summary>The models as they are now. A reader that needs them twice keeps this reference, so as to see one state.</summary>
    public RegistrySnapshot Snapshot => _snapshot;

    /// <summary>
    /// The model that serves calls without a name: the one that the constructor got, which need not exist, or else the only model of the
    /// folder, or the only model. Null when there are several, or none.
    /// </summary>
    public string? DefaultModel => _defaultModel ?? _snapshot.OnlyModel;

    /// <summary>
    /// Whether the default model can be called, or has failed or does not exist. Without a default model, whether any model can be called,
    /// or all have failed.
    /// </summary>
    public bool IsStarted
    {
        get
        {
            var snapshot = _snapshot;
            return snapshot.IsLoaded || (DefaultModel is { } name
                ? snapshot.IsScanned && snapshot.Find(name) is not { IsLoading: true }
                : snapshot.Models.Any(model => model.Production is not null));
        }
    }

    /// <summary>
    /// Loads every version below the root, several at a time, and those of the default model first. All of them appear at once as
    /// <see cref="VersionState.Loading"/>, and each as ready or failed as soon as it is. A bad bundle fails alone.
    /// </summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var scan = Scan();
        var found = scan.Sources.Select(ModelVersion.Pending).Concat(scan.Unreadable);
        var pending = Publish(RegistryChange.Adding(found), snapshot => snapshot.Scanned(scan.Fault));
        foreach (var version in scan.Unreadable)
        {
            VersionLoaded?.Invoke(version);
        }

        await _lanes.LoadAsync(pending, DefaultModel, HeadStart, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Holds back production until <see cref="PlaceAsync"/>, since it is not known yet what operators decided. To be called before
    /// <see cref="LoadAsync"/>.
    /// </summary>
    public void AwaitPlacements() => _arePlaced = false;

    /// <summary>Publishes what operators have decided about models, at once, and loads the versions that may be called again.</summary>
    /// <param name="placements">By model. One that does not exist yet gets its placement with its first version.</param>
    /// <param name="areAll">Whether they are all that was decided: every other model gets the empty placement.</param>
    /// <param name="cancellationToken">Ends the loading early.</param>
    /// <returns>A task that ends when the versions are loaded; what is published is so when the method returns.</returns>
    public Task PlaceAsync(IReadOnlyDictionary<string, ModelPlacement> placements, bool areAll, CancellationToken cancellationToken)
    {
        List<ModelVersion> pending;
        lock (_publishing)
        {
            var names = placements.Keys.ToHashSet(StringComparer.Ordinal);
            if (areAll)
            {
                names.UnionWith(_placements.Keys);
                names.UnionWith(_arePlaced ? [] : _snapshot.Models.Select(model => model.Name));
                _placements.Clear();
                _arePlaced = true;
            }

            foreach (var (name, placement) in placements)
            {
                _placements[name] = placement;
            }

            pending = Publish(names.ToDictionary(name => name, Func<VersionSet, VersionSet> (_) => set => set));
        }

        return _lanes.LoadAsync(pending, first: null, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>What the folder of models holds now. Reads no file.</summary>
    public FolderScan Scan() => FolderScan.Of(_root, IsolatesFolder);

    /// <summary>Whether a version of the folder was deleted from the registry, and stays so.</summary>
    public bool Hides(VersionSource source)
    {
        lock (_publishing)
        {
            return _placements.TryGetValue(source.Model, out var placement) && placement.HiddenVersions.Contains(source.Version);
        }
    }

    /// <summary>Adds versions, or replaces those of the same numbers, and loads them beside all others.</summary>
    /// <returns>A task that ends when each is ready or failed; they are listed when the method returns.</returns>
    public Task AddAsync(IReadOnlyCollection<VersionSource> sources, CancellationToken cancellationToken)
    {
        var pending = Publish(RegistryChange.Adding(sources.Select(ModelVersion.Pending)));
        return _lanes.LoadAsync(pending, first: null, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Loads a version anew beside itself, and puts the new one into its place once it is ready.</summary>
    /// <param name="version">A version whose bundle has changed.</param>
    /// <param name="cancellationToken">Ends the loading early.</param>
    /// <returns>What was loaded. One that has failed is not published: the version stays as it is.</returns>
    public async Task<ModelVersion> ReloadAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        var loaded = await _loader.TryLoadAsync(version.Source, isAlone: true, () => { }, cancellationToken).ConfigureAwait(false)
            ?? throw new UnreachableException();
        if (loaded.State == VersionState.Ready && Replace(version, loaded))
        {
            VersionLoaded?.Invoke(loaded);
        }
        else
        {
            loaded.Dispose();
        }

        return loaded;
    }

    /// <summary>Lists versions whose bundles are being fetched; <see cref="AddAsync"/> loads them, or they cannot be.</summary>
    public void AddReceived(IEnumerable<VersionSource> sources) => Publish(RegistryChange.Adding(sources.Select(ModelVersion.Received)));

    /// <summary>Lists a version that is not loaded and cannot be, such as one whose bundle is not there.</summary>
    /// <param name="source">The version.</param>
    /// <param name="reason">Why not, in a sentence.</param>
    public void AddUnloaded(VersionSource source, string reason) =>
        Publish(RegistryChange.Adding([ModelVersion.Unloaded(source, reason)]));

    /// <summary>Takes a version out. Requests that hold it go on, and the last one frees it.</summary>
    public void Remove(string model, string version) => Publish(RegistryChange.Of(model, set => set.Remove(version)));

    /// <summary>
    /// Does the work that a start leaves for later, see <see cref="SelectedScorer.Check"/>, within the limits of loading. Requests go on
    /// meanwhile.
    /// </summary>
    /// <returns>The difference between the engines in words; null when there is none, or the version was disposed of.</returns>
    /// <exception cref="BundleException">
    /// It exceeded a limit, or ONNX Runtime does not accept a graph or does not reproduce the golden rows. The scorer stays.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public Task<string?> CheckAsync(ModelVersion version, CancellationToken cancellationToken) =>
        _loader.CheckAsync(version, cancellationToken);

    /// <summary>Publishes an empty snapshot, so that no caller finds a version any more, and disposes of all versions.</summary>
    public void Dispose()
    {
        RegistrySnapshot last;
        lock (_publishing)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            last = _snapshot;
            _snapshot = last.Cleared();
        }

        foreach (var version in last.Models.SelectMany(model => model.Versions))
        {
            version.Dispose();
        }
    }

    /// <returns>False when memory ran out, and may have done so because of other versions.</returns>
    private async Task<bool> LoadOneAsync(ModelVersion pending, bool isAlone, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var current = pending;
        var loaded = await _loader.TryLoadAsync(pending.Source, isAlone, Proved, cancellationToken).ConfigureAwait(false);
        if (loaded is null)
        {
            return false;
        }

        if (Replace(current, loaded))
        {
            VersionLoaded?.Invoke(loaded);
        }
        else
        {
            loaded.Dispose();
        }

        return true;

        void Proved()
        {
            var loading = ModelVersion.Loading(pending.Source);
            current = Replace(current, loading) ? loading : current;
        }
    }

    /// <returns>Whether the version was still there, and the other is in its place.</returns>
    private bool Replace(ModelVersion version, ModelVersion other)
    {
        var isReplaced = false;
        Publish(RegistryChange.Of(version.Model, set =>
        {
            isReplaced = set.Contains(version);
            return isReplaced ? set.Add([other]) : set;
        }));
        return isReplaced;
    }

    /// <summary>Changes models, and publishes all of the changes as one snapshot. Versions that went are disposed of.</summary>
    /// <returns>The versions that are to be loaded; none when the registry is disposed of, and then nothing is published.</returns>
    private List<ModelVersion> Publish(
        Dictionary<string, Func<VersionSet, VersionSet>> changes, Func<RegistrySnapshot, RegistrySnapshot>? also = null)
    {
        var (gone, pending) = (new List<ModelVersion>(), new List<ModelVersion>());
        lock (_publishing)
        {
            if (_isDisposed || (changes.Count == 0 && also is null))
            {
                return [];
            }

            var models = new List<Model>(changes.Count);
            foreach (var (name, change) in changes)
            {
                var before = _snapshot.Find(name)?.Versions ?? [];
                var placement = _placements.GetValueOrDefault(name, ModelPlacement.Empty);
                var after = change(new VersionSet(before)).Placed(placement).ToList();
                gone.AddRange(before.Except(after));
                pending.AddRange(after.Where(version => version.IsPending).Except(before));
                models.Add(new Model(name, after, _arePlaced ? placement : null));
            }

            _snapshot = _snapshot.With(models);
            _snapshot = also?.Invoke(_snapshot) ?? _snapshot;
        }

        gone.ForEach(version => version.Dispose());
        Published?.Invoke();
        return pending;
    }
}
