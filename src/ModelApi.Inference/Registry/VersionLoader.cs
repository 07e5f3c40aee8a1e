using System.Diagnostics;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Isolation;
using ModelApi.Inference.Loading;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Batching;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Inference.Registry;

/// <summary>Loads a bundle's folder as a version that is ready, or failed with the reasons.</summary>
/// <remarks>
/// Each version is loaded on a thread of its own. One that exceeds a limit is failed; work on it that cannot be stopped is left on its
/// thread.
/// </remarks>
/// <param name="reader">Reads and checks the bundle.</param>
/// <param name="selectScorer">
/// Makes the scorer of a bundle and checks it on the golden rows; throws <see cref="BundleException"/> when it cannot.
/// </param>
/// <param name="limits">How much one request to the version may hold.</param>
/// <param name="batching">How rows of several callers are joined where a manifest does not say otherwise; null for the default.</param>
/// <param name="loadLimits">How long loading may take, and how much memory; null for the default.</param>
/// <param name="isolation">Proves the bundles of isolated versions in another process first; null where there are none.</param>
public sealed class VersionLoader(
    BundleReader reader,
    Func<Bundle, CancellationToken, SelectedScorer> selectScorer,
    ReadLimits limits,
    BatchingPolicy? batching = null,
    LoadLimits? loadLimits = null,
    IsolatedProver? isolation = null)
{
    private readonly BatchingPolicy _batching = batching ?? new BatchingPolicy();
    private readonly LoadLimits _loadLimits = loadLimits ?? new LoadLimits();

    /// <summary>Loads one version. A bad bundle is a result, not an exception.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<ModelVersion> LoadAsync(string model, string folder, CancellationToken cancellationToken) =>
        await TryLoadAsync(
            VersionSource.Of(model, folder) with { IsIsolated = isolation is not null }, isAlone: true, () => { }, cancellationToken)
            .ConfigureAwait(false) ?? throw new UnreachableException();

    /// <summary>As <see cref="LoadAsync"/>, for a version that may be loaded beside others.</summary>
    /// <param name="source">The version.</param>
    /// <param name="isAlone">Whether no other version is loaded meanwhile.</param>
    /// <param name="proved">Called once a process of its own has proved it, before it is loaded here.</param>
    /// <param name="cancellationToken">Ends the loading early.</param>
    /// <returns>Null when memory ran out, and may have done so because of the others: load it again, alone.</returns>
    internal async Task<ModelVersion?> TryLoadAsync(
        VersionSource source, bool isAlone, Action proved, CancellationToken cancellationToken)
    {
        var folder = source.Folder;
        var start = Stopwatch.GetTimestamp();
        string? digest = null;
        if (source.IsIsolated)
        {
            if (isolation is null)
            {
                throw new InvalidOperationException($"Nothing proves version {source.Version} of model '{source.Model}'.");
            }

            var proof = await isolation.ProveAsync(folder, cancellationToken).ConfigureAwait(false);
            if (proof.Faults.Count > 0)
            {
                return Failed(proof.Faults, proof.FaultCount);
            }

            digest = proof.Digest;
            proved();
        }

        try
        {
            // A proved bundle has kept its limits once, and callers that are served meanwhile need memory too.
            return await LoadWatch.RunAsync(Load, Dispose, start, _loadLimits, folder, hasCeiling: digest is null, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (LoadLimitException exception) when (!isAlone && exception is { Limit: LoadLimit.Memory, IsAmongOthers: true })
        {
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var faults = LoadFaults.Of(exception, _loadLimits);
            return Failed(faults.Faults, faults.FaultCount);
        }

        ModelVersion Load(WatchedLoad load)
        {
            var bundle = reader.ReadAsync(folder, load.Token).GetAwaiter().GetResult();
            load.Limit(_loadLimits.MemoryFor(bundle));
            if (digest is not null && bundle.Digest != digest)
            {
                throw new BundleException([new BundleFault("", "", "It was changed while it was being proved. Load it again.")]);
            }

            SelectedScorer? selected = null;
            try
            {
                selected = selectScorer(bundle, load.Token);
                var decision = DecideBatching(bundle, selected.Scorer, load.Token);
                return ModelVersion.Ready(source, bundle, selected, limits, decision, Stopwatch.GetElapsedTime(start));
            }
            catch
            {
                selected?.Scorer.Dispose();
                throw;
            }
        }

        ModelVersion Failed(IReadOnlyList<BundleFault> faults, long count) =>
            ModelVersion.Failed(source, faults, count, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>As <see cref="SelectedScorer.Check"/>, on a thread of its own and with the limits of loading.</summary>
    /// <returns>The difference between the engines in words; null when there is none, or the version was disposed of.</returns>
    /// <exception cref="BundleException">It exceeded a limit, or as <see cref="SelectedScorer.Check"/> says. The scorer stays.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    internal async Task<string?> CheckAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        try
        {
            return await LoadWatch.RunAsync(
                Check, _ => { }, Stopwatch.GetTimestamp(), _loadLimits, version.Source.Folder, hasCeiling: false, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (LoadLimitException exception)
        {
            throw LoadFaults.Of(exception, _loadLimits);
        }

        string? Check(WatchedLoad load)
        {
            if (!version.TryLease())
            {
                return null;
            }

            try
            {
                return version.Selected!.Check(load.Token);
            }
            finally
            {
                version.Release();
            }
        }
    }

    private static void Dispose(ModelVersion version) => version.Dispose();

    private BatchingDecision DecideBatching(Bundle bundle, IScorer scorer, CancellationToken cancellationToken)
    {
        var policy = _batching.With(bundle.Manifest.Batching);
        return BatchingDecision.Of(
            policy, scorer, () => BatchingTrial.Measure(scorer, bundle.Golden.Features, policy.MaxRows, cancellationToken));
    }
}
