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
    /// <summary>Makes the scorer of a bundle, and compares the engines before it returns.</summary>
    /// <param name="bundle">A bundle that was read without fault.</param>
    /// <exception cref="BundleException">ONNX Runtime does not accept a graph, or only the compiled engine may score it and cannot.</exception>
    public SelectedScorer Select(Bundle bundle)
    {
        var selected = SelectFirst(bundle);
        if (selected.Scorer is CompiledFirstScorer scorer)
        {
            try
            {
                if (scorer.Check() is { } difference)
                {
                    ThrowIfMustBeCompiled(difference);
                }
            }
            catch
            {
                scorer.Dispose();
                throw;
            }
        }

        return selected;
    }

    /// <summary>Makes the scorer of a bundle. A compiled one has reproduced the golden rows; to compare the engines is left to <see cref="CompiledFirstScorer.Check"/>.</summary>
    /// <param name="bundle">A bundle that was read without fault.</param>
    /// <exception cref="BundleException">ONNX Runtime does not accept a graph, or only the compiled engine may score it and cannot.</exception>
    public SelectedScorer SelectFirst(Bundle bundle)
    {
        if (engine == ScoringEngine.OnnxRuntime)
        {
            return new SelectedScorer(new OnnxRuntimeScorer(bundle, threads), "ONNX Runtime was asked for.");
        }

        var compiled = TryCompile(bundle, out var reason);
        if (compiled is not null && FindFault(compiled, bundle) is { } fault)
        {
            compiled.Dispose();
            (compiled, reason) = (null, fault);
        }

        if (compiled is not null)
        {
            return new SelectedScorer(new CompiledFirstScorer(bundle, compiled, () => new OnnxRuntimeScorer(bundle, threads)), "");
        }

        ThrowIfMustBeCompiled(reason!);
        return new SelectedScorer(new OnnxRuntimeScorer(bundle, threads), $"Not compiled: {reason}.");
    }

    private void ThrowIfMustBeCompiled(string reason)
    {
        if (engine == ScoringEngine.Compiled)
        {
            throw new BundleException([new BundleFault("", "", $"It must be compiled, but {reason}. Let the engine be chosen, or change the model.")]);
        }
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

    private static string? FindFault(IScorer compiled, Bundle bundle)
    {
        try
        {
            GoldenCheck.Run(compiled, bundle.Golden);
            return null;
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
