using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Scoring.MlNet;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>
/// Selects the scorer of a bundle. The trainer's golden rows are the reference. On other rows it is ONNX Runtime: where the engines differ
/// by more than the model's tolerance, the compiled one is wrong.
/// </summary>
/// <param name="engine">The engines that may score it.</param>
/// <param name="threads">For ONNX Runtime: see <see cref="OnnxRuntimeScorer"/>.</param>
/// <param name="batchThreads">For the compiled engine: threads that may work on one large batch.</param>
public sealed class EngineSelector(ScoringEngine engine = ScoringEngine.Auto, int threads = 1, int batchThreads = 1)
{
    /// <summary>What is said of a graph that takes one row at a time.</summary>
    public const string RowByRow =
        "The graph takes one row at a time, so rows are scored one by one; with a symbolic batch dimension it would score many at once.";

    /// <summary>Makes a scorer that reproduces the golden rows, and compares the engines.</summary>
    /// <param name="bundle">A bundle that was read without fault.</param>
    /// <param name="cancellationToken">Ends the work early, also within a graph.</param>
    /// <exception cref="BundleException">
    /// The scorer does not reproduce the golden rows, ONNX Runtime does not accept a graph, or the bundle must be compiled and cannot be.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public SelectedScorer Select(Bundle bundle, CancellationToken cancellationToken = default)
    {
        if (bundle.Model is not null)
        {
            return SelectMlNet(bundle, cancellationToken);
        }

        if (TryCompile(bundle, bundle, ReferenceOf(bundle), out var reason, cancellationToken) is not { } scorer)
        {
            return SelectOnnxRuntime(bundle, reason, cancellationToken);
        }

        try
        {
            scorer.Compare(cancellationToken);
            return new SelectedScorer(scorer);
        }
        catch
        {
            scorer.Dispose();
            throw;
        }
    }

    /// <summary>
    /// As <see cref="Select"/>, but leaves the comparison of the engines to <see cref="SelectedScorer.Check"/>, which reads the graphs
    /// again: until then a compiled model holds none of them.
    /// </summary>
    /// <param name="bundle">A bundle that was read without fault.</param>
    /// <param name="cancellationToken">Ends the work early, also within a graph.</param>
    /// <exception cref="BundleException">As for <see cref="Select"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public SelectedScorer SelectFirst(Bundle bundle, CancellationToken cancellationToken = default)
    {
        if (bundle.Model is not null)
        {
            return SelectMlNet(bundle, cancellationToken);
        }

        var kept = bundle.WithoutGraphs();
        return TryCompile(bundle, kept, ReferenceReadAgain(kept), out var reason, cancellationToken) is { } scorer
            ? new SelectedScorer(scorer)
            : SelectOnnxRuntime(bundle, reason, cancellationToken);
    }

    private Func<CancellationToken, IScorer> ReferenceOf(Bundle bundle) =>
        cancellationToken => new OnnxRuntimeScorer(bundle, threads, cancellationToken);

    private Func<CancellationToken, IScorer> ReferenceReadAgain(Bundle kept) =>
        cancellationToken =>
        {
            // Here a thread may wait: the comparison has one of its own.
            var bundle = new BundleReader().ReadAsync(kept.Folder, cancellationToken).GetAwaiter().GetResult();
            return bundle.Digest == kept.Digest
                ? ReferenceOf(bundle)(cancellationToken)
                : throw new BundleException([new BundleFault("", "", "The bundle was changed after it was loaded.")]);
        };

    // The only engine that runs its models, also where ONNX Runtime is asked for.
    private SelectedScorer SelectMlNet(Bundle bundle, CancellationToken cancellationToken)
    {
        ThrowIfMustBeCompiled("it holds an ML.NET model and no graph");
        var reason = bundle.Manifest.Model?.Reason ?? "The bundle holds a saved ML.NET model.";
        return SelectedScorer.Create(new MlNetScorer(bundle), bundle, $"ML.NET: {reason}", cancellationToken);
    }

    private SelectedScorer SelectOnnxRuntime(Bundle bundle, string reason, CancellationToken cancellationToken) => SelectedScorer.Create(
        new OnnxRuntimeScorer(bundle, threads, cancellationToken),
        bundle,
        bundle.TakesOneRow ? $"{reason} {RowByRow}" : reason,
        cancellationToken);

    /// <param name="bundle">A bundle that was read without fault.</param>
    /// <param name="kept">What the scorer keeps of it until the engines are compared.</param>
    /// <param name="createReference">Loads the bundle into ONNX Runtime.</param>
    /// <param name="reason">Why there is no compiled scorer: one sentence for people.</param>
    /// <param name="cancellationToken">Ends the golden check early.</param>
    private CompiledFirstScorer? TryCompile(
        Bundle bundle,
        Bundle kept,
        Func<CancellationToken, IScorer> createReference,
        out string reason,
        CancellationToken cancellationToken)
    {
        if (engine == ScoringEngine.OnnxRuntime)
        {
            reason = "ONNX Runtime was asked for.";
            return null;
        }

        string obstacle;
        try
        {
            if (CompiledScorer.TryCompile(bundle, out obstacle, batchThreads) is { } compiled)
            {
                reason = "";
                var golden = GoldenCheck.Run(compiled, bundle.Golden, cancellationToken);
                return new CompiledFirstScorer(kept, compiled, golden, createReference)
                {
                    IsKept = engine == ScoringEngine.Compiled,
                    Timer = EngineTimer.OfThisBuild,
                };
            }
        }
        catch (BundleException exception)
        {
            obstacle = $"compiled, it does not reproduce the golden rows ({exception.Faults[0].Message.TrimEnd('.')})";
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            // An unforeseen graph is no reason not to serve it.
            obstacle = $"the compiled engine failed ({exception.GetType().Name}: {exception.Message.TrimEnd('.')})";
        }

        ThrowIfMustBeCompiled(obstacle);
        reason = $"Not compiled: {obstacle}.";
        return null;
    }

    private void ThrowIfMustBeCompiled(string reason)
    {
        if (engine == ScoringEngine.Compiled)
        {
            var message = $"It must be compiled, but {reason}. Let the engine be chosen, or change the model.";
            throw new BundleException([new BundleFault("", "", message)]);
        }
    }
}
