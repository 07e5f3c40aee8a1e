using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>Picks what scores a bundle. ONNX Runtime is the reference: where the two differ, the compiled engine is wrong.</summary>
/// <param name="engine">What may score it.</param>
/// <param name="threads">For ONNX Runtime: see <see cref="OnnxRuntimeScorer"/>.</param>
/// <param name="batchThreads">For the compiled engine: threads that may work on one large batch.</param>
public sealed class EngineSelector(ScoringEngine engine = ScoringEngine.Auto, int threads = 1, int batchThreads = 1)
{
    /// <summary>Makes the scorer of a bundle.</summary>
    /// <param name="bundle">A bundle that was read without fault.</param>
    /// <exception cref="BundleException">ONNX Runtime does not accept a graph, or only the compiled engine may score it and cannot.</exception>
    public SelectedScorer Select(Bundle bundle)
    {
        if (engine == ScoringEngine.OnnxRuntime)
        {
            return new SelectedScorer(new OnnxRuntimeScorer(bundle, threads), "ONNX Runtime was asked for.");
        }

        var compiled = TryCompile(bundle, out var reason);
        var reference = new OnnxRuntimeScorer(bundle, threads);
        try
        {
            var rows = 0;
            if (compiled is not null && (reason = FindDifference(bundle, compiled, reference, out rows)) is null)
            {
                reference.Dispose();
                return new SelectedScorer(
                    compiled,
                    $"Compiled: it gives ONNX Runtime's answers to {bundle.Golden.Features.Rows} golden and {rows} reference rows.",
                    compiled.Kernels);
            }
        }
        catch
        {
            reference.Dispose();
            throw;
        }

        compiled?.Dispose();
        if (engine == ScoringEngine.Compiled)
        {
            reference.Dispose();
            throw new BundleException([new BundleFault("", "", $"It must be compiled, but {reason}. Let the engine be chosen, or change the model.")]);
        }

        return new SelectedScorer(reference, $"Not compiled: {reason}.");
    }

    private CompiledScorer? TryCompile(Bundle bundle, out string? reason)
    {
        try
        {
            return CompiledScorer.TryCompile(bundle, out reason, batchThreads);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A graph that nobody thought of is no reason not to serve it.
            reason = $"the compiler failed ({exception.GetType().Name}: {exception.Message.TrimEnd('.')})";
            return null;
        }
    }

    private static string? FindDifference(Bundle bundle, IScorer compiled, IScorer reference, out int rows)
    {
        rows = 0;
        try
        {
            GoldenCheck.Run(compiled, bundle.Golden);
            var drawn = ReferenceRows.Draw(bundle);
            rows = drawn.Rows;
            return EngineComparison.FindDifference(bundle.Golden.Features, compiled, reference, "golden")
                ?? EngineComparison.FindDifference(drawn, compiled, reference, "reference");
        }
        catch (BundleException exception)
        {
            return $"compiled, it does not reproduce the golden rows ({exception.Faults[0].Message.TrimEnd('.')})";
        }
        catch (InvalidOperationException exception)
        {
            return $"compiled, it fails ({exception.Message.TrimEnd('.')})";
        }
    }
}
