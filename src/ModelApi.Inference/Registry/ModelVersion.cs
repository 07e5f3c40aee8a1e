using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Pooling;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Batching;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Inference.Registry;

/// <summary>One version of a model, in one state. A change of state is a new object in a new snapshot.</summary>
/// <remarks>
/// The registry holds a ready version until it disposes of it. Each request holds it by a lease. The scorer is freed when nobody holds
/// the version any more, and a version that was disposed of gives no further lease.
/// </remarks>
public sealed class ModelVersion : IDisposable
{
    // The lowest bit of _holders is the registry's; requests count in the bits above it.
    private const int Registry = 1;
    private const int Lease = 2;

    private const int WorkspacesPerCore = 4;

    private readonly CorePool<ScoringWorkspace> _workspaces;
    private int _holders;

    private ModelVersion(VersionSource source)
    {
        Source = source;
        _workspaces = new CorePool<ScoringWorkspace>(
            () => new ScoringWorkspace(Manifest!.Signature), WorkspacesPerCore, workspace => workspace.TryReset());
    }

    /// <summary>The model's name.</summary>
    public string Model => Source.Model;

    /// <summary>The version's number.</summary>
    public string Version => Source.Version;

    /// <summary>Where it came from.</summary>
    public VersionOrigin Origin => Source.Origin;

    /// <summary>Where its bundle lies.</summary>
    public VersionSource Source { get; }

    /// <summary>Whether it can be called.</summary>
    public VersionState State { get; private init; }

    /// <summary>Whether it is about to be loaded, and neither ready nor failed yet.</summary>
    public bool IsPending => State is VersionState.Received or VersionState.Checking or VersionState.Loading;

    /// <summary>What its manifest says; null unless it is ready.</summary>
    public BundleManifest? Manifest { get; private init; }

    /// <summary>The digest of its content, see <see cref="Bundle.Digest"/>; null unless it is ready.</summary>
    public string? Digest { get; private init; }

    /// <summary>The scorer of its rows; null unless it is ready.</summary>
    public IScorer? Scorer => Selected?.Scorer;

    /// <summary>The scorer of its rows, and why it was selected; null unless it is ready.</summary>
    public SelectedScorer? Selected { get; private init; }

    /// <summary>Joins the rows of its callers; null unless <see cref="Batching"/> has a policy.</summary>
    public AdaptiveBatcher? Batcher { get; private init; }

    /// <summary>Whether the rows of its callers are joined, and why; null unless it is ready.</summary>
    public BatchingDecision? Batching { get; private init; }

    /// <summary>The reader of its requests; null unless it is ready.</summary>
    public JsonFeatureReader? Reader { get; private init; }

    /// <summary>How well its scorer reproduced the golden rows; null unless it is ready.</summary>
    public GoldenReport? Golden => Selected?.Golden;

    /// <summary>The content of <c>performance.json</c>, an object; null unless it is ready and has that file.</summary>
    public JsonElement? Performance { get; private init; }

    /// <summary>The content of <c>args.json</c>, an object; null unless it is ready and has that file.</summary>
    public JsonElement? Arguments { get; private init; }

    /// <summary>The time from the first byte read to ready or failed.</summary>
    public TimeSpan LoadTime { get; private init; }

    /// <summary>Why it failed; empty in any other state. Of many faults, the first ones.</summary>
    public IReadOnlyList<BundleFault> Faults { get; private init; } = [];

    /// <summary>How many faults it has.</summary>
    public long FaultCount { get; private init; }

    /// <summary>A version that was found and is about to be proved or loaded.</summary>
    internal static ModelVersion Pending(VersionSource source) =>
        new(source) { State = source.IsIsolated ? VersionState.Checking : VersionState.Loading };

    /// <summary>A version whose bundle is being fetched or unpacked.</summary>
    internal static ModelVersion Received(VersionSource source) => new(source) { State = VersionState.Received };

    /// <summary>A version that is being loaded.</summary>
    internal static ModelVersion Loading(VersionSource source) => new(source) { State = VersionState.Loading };

    /// <summary>A version that nobody may call.</summary>
    internal static ModelVersion Disabled(VersionSource source) => new(source) { State = VersionState.Disabled };

    /// <summary>A version whose bundle is not there, and why.</summary>
    internal static ModelVersion Unloaded(VersionSource source, string reason) =>
        new(source) { State = VersionState.Unloaded, Faults = [new BundleFault("", "", reason)], FaultCount = 1 };

    /// <summary>A version that can be called.</summary>
    internal static ModelVersion Ready(
        VersionSource source, Bundle bundle, SelectedScorer selected, ReadLimits limits, BatchingDecision batching, TimeSpan loadTime) =>
        new(source)
        {
            _holders = Registry,
            State = VersionState.Ready,
            Manifest = bundle.Manifest,
            Digest = bundle.Digest,
            Selected = selected,
            Batcher = batching.Policy is { } policy ? new AdaptiveBatcher(selected.Scorer, bundle.Manifest.Signature, policy) : null,
            Batching = batching,
            Reader = new JsonFeatureReader(bundle.Manifest.Signature, limits),
            Performance = bundle.Performance,
            Arguments = bundle.Arguments,
            LoadTime = loadTime,
        };

    /// <summary>A version that cannot be called, and why.</summary>
    internal static ModelVersion Failed(VersionSource source, IReadOnlyList<BundleFault> faults, long faultCount, TimeSpan loadTime) =>
        new(source) { State = VersionState.Failed, Faults = faults, FaultCount = faultCount, LoadTime = loadTime };

    /// <summary>Scores rows, in one call with those of other callers where <see cref="Batcher"/> joins them.</summary>
    /// <param name="features">At least one row; not to be changed until the task ends.</param>
    /// <param name="predictions">Receives as many rows, in the same order; undefined unless the task succeeds.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="ScoringQueueFullException">The queue of rows to be joined is full.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the last row was scored.</exception>
    public ValueTask ScoreAsync(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        if (Batcher is not null)
        {
            return Batcher.ScoreAsync(features, predictions, cancellationToken);
        }

        Scorer!.Score(features, predictions, cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <summary>Holds the version, and the memory to read and score one request; ended by <see cref="Return"/>.</summary>
    /// <returns>Null when the version is not ready or was disposed of: look it up again, in a new snapshot.</returns>
    public ScoringWorkspace? TryRent() => TryLease() ? _workspaces.Rent() : null;

    /// <summary>Takes a workspace back for a later request, and ends its hold on the version.</summary>
    public void Return(ScoringWorkspace workspace)
    {
        _workspaces.Return(workspace);
        Release();
    }

    /// <summary>Holds the version, so that its scorer is not freed; ended by <see cref="Release"/>.</summary>
    /// <returns>False when the version is not ready or was disposed of.</returns>
    public bool TryLease()
    {
        var holders = Volatile.Read(ref _holders);
        while ((holders & Registry) != 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + Lease, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Ends one successful <see cref="TryLease"/>.</summary>
    public void Release()
    {
        if (Interlocked.Add(ref _holders, -Lease) == 0)
        {
            Free();
        }
    }

    /// <summary>Gives no further lease, and frees the scorer once the last one has ended. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.And(ref _holders, ~Registry) == Registry)
        {
            Free();
        }
    }

    private void Free()
    {
        if (Batcher is not null)
        {
            // It owns the scorer, which a joined call may still use after all of its callers have left.
            Batcher.Dispose();
        }
        else
        {
            Scorer?.Dispose();
        }
    }
}
