using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Compiled;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>A compiled scorer until ONNX Runtime has been asked as well, and whichever is right from then on.</summary>
/// <remarks>Thread-safe. Loading a graph takes ONNX Runtime longer than compiling it, which a start need not wait for.</remarks>
public sealed class CompiledFirstScorer : IScorer
{
    private readonly CompiledScorer _compiled;
    private readonly Func<IScorer> _createReference;
    private readonly Lock _checking = new();

    // Holds the graphs; let go of once they were compared.
    private Bundle? _bundle;
    private volatile IScorer _current;
    private bool _isDisposed;

    internal CompiledFirstScorer(Bundle bundle, CompiledScorer compiled, Func<IScorer> createReference)
    {
        _bundle = bundle;
        _compiled = compiled;
        _current = compiled;
        _createReference = createReference;
        Reason = $"Compiled: it gives the trainer's answers to {bundle.Golden.Features.Rows} golden rows; ONNX Runtime's are not compared yet.";
    }

    /// <inheritdoc/>
    public string Engine => _current.Engine;

    /// <summary>Why that engine, in one sentence.</summary>
    public string Reason { get; private set; }

    /// <summary>Which kernels walk the trees, and how fast each was; null where there are none.</summary>
    public string? Kernels => _current == _compiled ? _compiled.Kernels : null;

    /// <inheritdoc/>
    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken) =>
        _current.Score(features, predictions, cancellationToken);

    /// <summary>Compares the two engines, and leaves the model to ONNX Runtime where they differ. A second call does nothing.</summary>
    /// <returns>The difference in words, or null.</returns>
    /// <exception cref="BundleException">ONNX Runtime does not accept a graph. Whatever else it throws comes out too; the compiled scorer then stays.</exception>
    public string? Check()
    {
        lock (_checking)
        {
            if (_bundle is not { } bundle || _isDisposed)
            {
                return null;
            }

            _bundle = null;
            IScorer? reference = null;
            string? difference;
            try
            {
                reference = _createReference();
                difference = FindDifference(bundle, reference, out var rows);
                Reason = difference is null
                    ? $"Compiled: it gives ONNX Runtime's answers to {bundle.Golden.Features.Rows} golden and {rows} reference rows."
                    : $"Not compiled: {difference}.";
            }
            catch (Exception exception)
            {
                reference?.Dispose();
                Reason = $"Compiled: it gives the trainer's answers to {bundle.Golden.Features.Rows} golden rows; ONNX Runtime's could not be had ({exception.Message.TrimEnd('.')}).";
                throw;
            }

            if (difference is null)
            {
                reference.Dispose();
            }
            else
            {
                _current = reference;
            }

            return difference;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_checking)
        {
            _isDisposed = true;
            _current.Dispose();
        }
    }

    private string? FindDifference(Bundle bundle, IScorer reference, out int rows)
    {
        var drawn = ReferenceRows.Draw(bundle);
        rows = drawn.Rows;
        try
        {
            return EngineComparison.FindDifference(bundle.Golden.Features, _compiled, reference, "golden")
                ?? EngineComparison.FindDifference(drawn, _compiled, reference, "reference");
        }
        catch (InvalidOperationException exception)
        {
            return $"compiled, it fails ({exception.Message.TrimEnd('.')})";
        }
    }
}
