using System.Collections.Concurrent;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Inference.Registry;

/// <summary>Loads all models and publishes their states as immutable snapshots, which readers take without a lock.</summary>
public sealed class ModelRegistry : IDisposable
{
    // Stands for the versions of a model whose folder cannot be listed.
    private const string UnknownVersion = "-";

    // How long the loading of one version holds up the next.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string _root;
    private readonly string? _defaultModel;
    private readonly VersionLoader _loader;
    private readonly Lock _publishing = new();
    private volatile RegistrySnapshot _snapshot = RegistrySnapshot.Empty;
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
    }

    /// <summary>For how long the default model loads alone, since most callers wait for it and the others need the processor too.</summary>
    internal TimeSpan HeadStart { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Raised for each version that is ready or failed, once the snapshot has it; on any thread, several at a time.</summary>
    public event Action<ModelVersion>? VersionLoaded;

    /// <summary>The models as they are now. A reader that needs them twice keeps this reference, so as to see one state.</summary>
    public RegistrySnapshot Snapshot => _snapshot;

    /// <summary>
    /// The model that serves calls without a name: the one that the constructor got, which need not exist, or else the only model.
    /// Null when there are several, or none.
    /// </summary>
    public string? DefaultModel => _defaultModel ?? (_snapshot.Models is [var only] ? only.Name : null);

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
        var unreadable = new List<ModelVersion>();
        var folders = FindVersionFolders(unreadable, out var rootFault);
        Publish(snapshot => snapshot.Scanned(folders.Select(folder => folder.Loading).Concat(unreadable), rootFault));
        unreadable.ForEach(version => VersionLoaded?.Invoke(version));

        // The newest version of each model first, because it is the one to serve, and the largest of these: started last, it would keep
        // one core busy after the others are done.
        var newest = _snapshot.Models.Select(model => model.Versions[^1]).ToHashSet();
        folders.Sort((one, other) => newest.Contains(other.Loading).CompareTo(newest.Contains(one.Loading)) is not 0 and var order
            ? order
            : other.Bytes.CompareTo(one.Bytes));
        var ofDefault = folders.FindAll(folder => folder.Loading.Model == DefaultModel);
        var crowded = new ConcurrentQueue<VersionFolder>();
        var first = LoadAllAsync(ofDefault, crowded, cancellationToken);
        await Task.WhenAny(first, Task.Delay(HeadStart, cancellationToken)).ConfigureAwait(false);
        await Task.WhenAll(first, LoadAllAsync([.. folders.Except(ofDefault)], crowded, cancellationToken)).ConfigureAwait(false);
        foreach (var folder in crowded)
        {
            await LoadOneAsync(folder, crowded: null, cancellationToken).ConfigureAwait(false);
        }
    }

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

    // As many at a time as there are cores; one that takes long, and may never end, makes room for the next.
    private Task LoadAllAsync(List<VersionFolder> folders, ConcurrentQueue<VersionFolder> crowded, CancellationToken cancellationToken)
    {
        var next = -1;
        var lanes = new Task[Math.Min(Environment.ProcessorCount, folders.Count)];
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            lanes[lane] = LoadManyAsync();
        }

        return Task.WhenAll(lanes);

        async Task LoadManyAsync()
        {
            var loads = new List<Task>();
            while (Interlocked.Increment(ref next) is var index && index < folders.Count)
            {
                var load = LoadOneAsync(folders[index], crowded, cancellationToken);
                loads.Add(load);
                await Task.WhenAny(load, Task.Delay(Patience, cancellationToken)).ConfigureAwait(false);
            }

            await Task.WhenAll(loads).ConfigureAwait(false);
        }
    }

    private async Task LoadOneAsync(VersionFolder folder, ConcurrentQueue<VersionFolder>? crowded, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var loaded = await _loader.TryLoadAsync(folder.Loading.Model, folder.Path, isAlone: crowded is null, cancellationToken)
            .ConfigureAwait(false);
        if (loaded is null)
        {
            crowded!.Enqueue(folder);
        }
        else if (Publish(snapshot => snapshot.With(folder.Loading, loaded)))
        {
            VersionLoaded?.Invoke(loaded);
        }
        else
        {
            loaded.Dispose();
        }
    }

    /// <returns>False when the registry is disposed of; then nothing is published.</returns>
    private bool Publish(Func<RegistrySnapshot, RegistrySnapshot> change)
    {
        lock (_publishing)
        {
            if (!_isDisposed)
            {
                _snapshot = change(_snapshot);
            }

            return !_isDisposed;
        }
    }

    private List<VersionFolder> FindVersionFolders(List<ModelVersion> unreadable, out string? rootFault)
    {
        rootFault = null;
        var folders = new List<VersionFolder>();
        try
        {
            foreach (var model in Visible(_root))
            {
                try
                {
                    var name = Path.GetFileName(model);
                    folders.AddRange(Visible(model).Select(version => VersionFolder.Of(name, version)));
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    var fault = new BundleFault("", "", $"The model's folder cannot be read: {exception.Message}");
                    unreadable.Add(ModelVersion.Failed(Path.GetFileName(model), UnknownVersion, [fault], faultCount: 1, TimeSpan.Zero));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            rootFault = Directory.Exists(_root)
                ? $"The folder of models cannot be read: {exception.Message}"
                : $"The folder of models does not exist: {_root}";
            return folders;
        }

        if (folders.Count + unreadable.Count == 0)
        {
            rootFault = $"The folder of models holds no <name>/<version>/ folder: {_root}";
        }

        return folders;
    }

    private static IEnumerable<string> Visible(string folder) =>
        Directory.GetDirectories(folder).Where(child => Path.GetFileName(child)[0] != '.');

    // A class: the runtime has code for collections of references, and would compile that of a structure at each start.
    private sealed record VersionFolder(string Path, long Bytes, ModelVersion Loading)
    {
        public static VersionFolder Of(string model, string folder) =>
            new(folder, SizeOf(folder), ModelVersion.Loading(model, System.IO.Path.GetFileName(folder)));

        private static long SizeOf(string folder)
        {
            try
            {
                return new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The loader reports the reason.
                return 0;
            }
        }
    }
}
