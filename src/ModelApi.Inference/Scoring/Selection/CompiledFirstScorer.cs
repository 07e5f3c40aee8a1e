using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Compiled;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>A compiled scorer, which ONNX Runtime replaces where a later comparison finds a difference, or finds it faster.</summary>
/// <remarks>Thread-safe. ONNX Runtime loads a graph more slowly than it compiles, and a start does not wait for that.</remarks>
internal sealed class CompiledFirstScorer : IScorer
{
    private readonly CompiledScorer _compiled;
    private readonly Func<CancellationToken, IScorer> _createReference;
    private readonly Lock _checking = new();

    // Null after the comparison, so that it can be collected.
    private Bundle? _bundle;
    private volatile IScorer _current;
    private volatile SelectionReport _report;
    private bool _isDisposed;

    public CompiledFirstScorer(
        Bundle bundle, CompiledScorer compiled, GoldenReport golden, Func<CancellationToken, IScorer> createReference)
    {
        _bundle = bundle;
        _compiled = compiled;
        _current = compiled;
        _createReference = createReference;
        _report = new SelectionReport(
            golden, $"Compiled: it gives the trainer's answers to {golden.Rows} golden rows; ONNX Runtime's are not compared yet.");
    }

    /// <summary>Whether it stays compiled where a comparison finds a difference, or ONNX Runtime faster.</summary>
    public bool IsKept { get; init; }

    /// <summary>What times the engines in <see cref="Check"/>; null leaves it out.</summary>
    public IEngineTimer? Timer { get; init; }

    /// <inheritdoc/>
    public string Engine => _current.Engine;

    /// <inheritdoc/>
    public string? Kernels => _current.Kernels;

    public SelectionReport Report => _report;

    /// <inheritdoc/>
    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken) =>
        _current.Score(features, predictions, cancellationToken);

    /// <summary>Compares the engines, and lets ONNX Runtime take over where they differ. A second call does nothing.</summary>
    /// <param name="cancellationToken">Ends the comparison early.</param>
    /// <returns>The difference in words, or null.</returns>
    /// <exception cref="BundleException">
    /// ONNX Runtime does not accept a graph. After any exception, the compiled scorer stays.
    /// </exception>
    public string? Compare(CancellationToken cancellationToken)
    {
        lock (_checking)
        {
            return TakeBundle() is { } bundle ? Compare(bundle, isServing: false, cancellationToken) : null;
        }
    }

    /// <summary>As <see cref="SelectedScorer.Check"/>.</summary>
    public string? Check(CancellationToken cancellationToken)
    {
        lock (_checking)
        {
            return TakeBundle() is { } bundle ? Compare(bundle, isServing: true, cancellationToken) : null;
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

    private Bundle? TakeBundle()
    {
        var bundle = _isDisposed ? null : _bundle;
        _bundle = null;
        return bundle;
    }

    private string? Compare(Bundle bundle, bool isServing, CancellationToken cancellationToken)
    {
        var rows = bundle.Golden.Features.Rows;
        IScorer? reference = null;
        try
        {
            reference = _createReference(cancellationToken);
            if (CheckReference(bundle, reference, out var golden, cancellationToken) is { } fault)
            {
                _report = _report with
                {
                    Reason = $"Compiled: it gives the trainer's answers to {rows} golden rows, and ONNX Runtime does not ({fault}).",
                };
                reference.Dispose();
                if (isServing)
                {
                    _compiled.ChooseKernelsAgain(bundle.Golden.Features, cancellationToken);
                }

                return null;
            }

            var difference = FindDifference(bundle, reference, out var drawn, cancellationToken);
            if (difference is not null && !IsKept)
            {
                _report = new SelectionReport(golden!, $"Not compiled: {difference}.");
                _current = reference;
                return difference;
            }

            _report = _report with
            {
                Reason = difference is null
                    ? $"Compiled: it gives the trainer's answers to {rows} golden rows, and ONNX Runtime's to {drawn} reference rows."
                    : $"Compiled, as the settings say, although it differs from ONNX Runtime: {difference}.",
            };
            if (isServing && difference is null)
            {
                _compiled.ChooseKernelsAgain(bundle.Golden.Features, cancellationToken);
                CompareTimes(bundle, reference, golden!, cancellationToken);
            }

            if (_current != reference)
            {
                reference.Dispose();
            }

            return difference;
        }
        catch (Exception exception)
        {
            reference?.Dispose();
            var reason = exception is OperationCanceledException ? "it was stopped" : exception.Message.TrimEnd('.');
            _report = _report with
            {
                Reason = $"Compiled: it gives the trainer's answers to {rows} golden rows; "
                    + $"a comparison with ONNX Runtime was not possible ({reason}).",
            };
            throw;
        }
    }

    private void CompareTimes(Bundle bundle, IScorer reference, GoldenReport golden, CancellationToken cancellationToken)
    {
        if (Timer?.Measure(bundle.Golden.Features, _compiled, reference, cancellationToken) is not { } times)
        {
            return;
        }

        if (times.IsCompiledSlower && !IsKept)
        {
            _report = new SelectionReport(golden, $"Not compiled: a row {times}.");
            _current = reference;
        }
        else
        {
            _report = _report with { Reason = $"{_report.Reason} A row {times}." };
        }
    }

    // Of the golden rows the trainer's own answers are known. A linear model may be nearer to them when it is compiled.
    private static string? CheckReference(
        Bundle bundle, IScorer reference, out GoldenReport? golden, CancellationToken cancellationToken)
    {
        try
        {
            golden = GoldenCheck.Run(reference, bundle.Golden, cancellationToken);
            return null;
        }
        catch (BundleException exception)
        {
            golden = null;
            return exception.Faults[0].Message.TrimEnd('.');
        }
    }

    private string? FindDifference(Bundle bundle, IScorer reference, out int rows, CancellationToken cancellationToken)
    {
        var drawn = SyntheticRows.Draw(bundle);
        rows = drawn.Rows;
        try
        {
            return EngineComparison.FindDifference(drawn, bundle.Golden, _compiled, reference, "reference", cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            return $"compiled, it fails ({exception.Message.TrimEnd('.')})";
        }
    }
}
