using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Batching;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Inference.Registry;

/// <summary>One version of a model, as it was found when it was loaded.</summary>
public sealed class ModelVersion : IDisposable
{
    private readonly WorkspacePool _workspaces = new();

    // Requests that hold a workspace, and one for the registry: the scorer is freed when the last of them lets go.
    private int _leases = 1;

    private ModelVersion(string model, string version) => (Model, Version) = (model, version);

    /// <summary>The model's name.</summary>
    public string Model { get; }

    /// <summary>The version's number.</summary>
    public string Version { get; }

    /// <summary>Whether it can be called.</summary>
    public VersionState State { get; private init; }

    /// <summary>What its manifest says, or null when that could not be read.</summary>
    public BundleManifest? Manifest { get; private init; }

    /// <summary>What identifies its content; see <see cref="Bundle.Digest"/>.</summary>
    public string? Digest { get; private init; }

    /// <summary>What scores its rows; null unless it is ready.</summary>
    public IScorer? Scorer => Selected?.Scorer;

    /// <summary>What scores its rows, and why that; null unless it is ready.</summary>
    public SelectedScorer? Selected { get; private init; }

    /// <summary>What joins its callers' rows; null unless that was decided when it was loaded.</summary>
    public AdaptiveBatcher? Batcher { get; private init; }

    /// <summary>Whether its callers' rows are joined, and why; null unless it is ready.</summary>
    public BatchingDecision? Batching { get; private init; }

    /// <summary>What reads requests for it; null unless it is ready.</summary>
    public JsonFeatureReader? Reader { get; private init; }

    /// <summary>How it did on its golden rows; null unless it is ready.</summary>
    public GoldenReport? Golden { get; private init; }

    /// <summary>How well it does, by its bundle; null unless it is ready and says so.</summary>
    public JsonElement? Performance { get; private init; }

    /// <summary>How it was trained, by its bundle; null unless it is ready and says so.</summary>
    public JsonElement? Arguments { get; private init; }

    /// <summary>From the first byte read to ready or failed.</summary>
    public TimeSpan LoadTime { get; private init; }

    /// <summary>Why it failed; empty when it is ready.</summary>
    public IReadOnlyList<BundleFault> Faults { get; private init; } = [];

    /// <summary>A version that can be called.</summary>
    internal static ModelVersion Ready(
        Bundle bundle, SelectedScorer selected, ReadLimits limits, GoldenReport golden, BatchingDecision batching, TimeSpan loadTime) =>
        new(bundle.Manifest.Name, bundle.Manifest.Version)
        {
            State = VersionState.Ready,
            Manifest = bundle.Manifest,
            Digest = bundle.Digest,
            Selected = selected,
            Batcher = batching.Policy is { } policy ? new AdaptiveBatcher(selected.Scorer, bundle.Manifest.Signature, policy) : null,
            Batching = batching,
            Reader = new JsonFeatureReader(bundle.Manifest.Signature, limits),
            Golden = golden,
            Performance = bundle.Performance,
            Arguments = bundle.Arguments,
            LoadTime = loadTime,
        };

    /// <summary>A version that cannot be called, and why.</summary>
    internal static ModelVersion Failed(string model, string version, IReadOnlyList<BundleFault> faults, TimeSpan loadTime) =>
        new(model, version) { State = VersionState.Failed, Faults = faults, LoadTime = loadTime };

    /// <summary>Scores rows, together with those of other callers where that was found to pay.</summary>
    /// <param name="features">At least one row; not to be changed until the task ends.</param>
    /// <param name="predictions">Receives as many rows, in the same order; undefined unless the task ends well.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="ScoringQueueFullException">Too many rows of callers wait to be joined.</exception>
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

    /// <summary>Memory to read and score one request in; give it back with <see cref="Return"/>.</summary>
    /// <exception cref="InvalidOperationException">The version is not ready.</exception>
    public ScoringWorkspace Rent()
    {
        if (Manifest is null || Scorer is null)
        {
            throw new InvalidOperationException($"Version {Version} of model '{Model}' is not ready.");
        }

        Interlocked.Increment(ref _leases);
        return _workspaces.TryTake() ?? new ScoringWorkspace(Manifest.Signature);
    }

    /// <summary>Takes a workspace back for a later request.</summary>
    public void Return(ScoringWorkspace workspace)
    {
        _workspaces.Add(workspace);
        Release();
    }

    /// <summary>Lets go of the version; its scorer is freed once no request holds a workspace any more.</summary>
    public void Dispose() => Release();

    private void Release()
    {
        if (Interlocked.Decrement(ref _leases) != 0)
        {
            return;
        }

        if (Batcher is not null)
        {
            // A joined call that everybody has left may still be using the scorer.
            Batcher.Dispose();
        }
        else
        {
            Scorer?.Dispose();
        }
    }
}
