using System.Diagnostics;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Batching;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Inference.Registry;

/// <summary>Loads a bundle's folder as a version that is ready, or failed with the reasons.</summary>
/// <param name="reader">Reads and checks the bundle.</param>
/// <param name="selectScorer">
/// Makes the scorer of a bundle and checks it on the golden rows; throws <see cref="BundleException"/> when it cannot.
/// </param>
/// <param name="limits">How much one request to the version may hold.</param>
/// <param name="batching">How rows of several callers are joined where a manifest does not say otherwise; null for the default.</param>
public sealed class VersionLoader(
    BundleReader reader, Func<Bundle, SelectedScorer> selectScorer, ReadLimits limits, BatchingPolicy? batching = null)
{
    private readonly BatchingPolicy _batching = batching ?? new BatchingPolicy();

    /// <summary>Loads one version. A bad bundle is a result, not an exception.</summary>
    public async Task<ModelVersion> LoadAsync(string model, string folder, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var version = Path.GetFileName(folder);
        SelectedScorer? selected = null;
        try
        {
            var bundle = await reader.ReadAsync(folder, cancellationToken).ConfigureAwait(false);
            selected = selectScorer(bundle);
            return ModelVersion.Ready(bundle, selected, limits, DecideBatching(bundle, selected.Scorer), Stopwatch.GetElapsedTime(start));
        }
        catch (BundleException exception)
        {
            selected?.Scorer.Dispose();
            return ModelVersion.Failed(model, version, exception.Faults, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // An unforeseen exception, also from a native library, fails this bundle alone.
            selected?.Scorer.Dispose();
            var fault = new BundleFault("", "", $"{exception.GetType().Name}: {exception.Message}");
            return ModelVersion.Failed(model, version, [fault], Stopwatch.GetElapsedTime(start));
        }
    }

    private BatchingDecision DecideBatching(Bundle bundle, IScorer scorer)
    {
        var policy = _batching.With(bundle.Manifest.Batching);
        return BatchingDecision.Of(policy, scorer, () => BatchingTrial.Measure(scorer, bundle.Golden.Features, policy.MaxRows));
    }
}
