using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>A scorer that has reproduced the golden rows of its bundle, and why it was selected.</summary>
public sealed class SelectedScorer
{
    private readonly CompiledFirstScorer? _compiledFirst;
    private readonly SelectionReport? _report;

    internal SelectedScorer(CompiledFirstScorer scorer) => (Scorer, _compiledFirst) = (scorer, scorer);

    private SelectedScorer(IScorer scorer, SelectionReport report) => (Scorer, _report) = (scorer, report);

    /// <summary>The scorer; whoever selects it disposes of it.</summary>
    public IScorer Scorer { get; }

    /// <summary>How well the scorer reproduced the golden rows.</summary>
    public GoldenReport Golden => Report.Golden;

    /// <summary>Why this engine, in one sentence for people.</summary>
    public string Reason => Report.Reason;

    private SelectionReport Report => _compiledFirst?.Report ?? _report!;

    /// <summary>Checks a scorer on the golden rows.</summary>
    /// <param name="scorer">The scorer; disposed of when it fails.</param>
    /// <param name="bundle">Its bundle.</param>
    /// <param name="reason">Why this engine, in one sentence for people.</param>
    /// <param name="cancellationToken">Ends the check early.</param>
    /// <exception cref="BundleException">An answer differs from the trainer's.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static SelectedScorer Create(
        IScorer scorer, Bundle bundle, string reason, CancellationToken cancellationToken = default)
    {
        try
        {
            return new SelectedScorer(scorer, new SelectionReport(GoldenCheck.Run(scorer, bundle, cancellationToken), reason));
        }
        catch
        {
            scorer.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Does the work that a start leaves for later: compares a compiled model with ONNX Runtime, which takes over where they differ, and
    /// otherwise chooses the kernels again, because the first choice timed code that was not optimized yet. Takes up to some seconds, while
    /// requests go on. A second call does nothing.
    /// </summary>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The difference between the engines in words, or null.</returns>
    /// <exception cref="BundleException">
    /// ONNX Runtime does not accept a graph. After any exception, the scorer stays.
    /// </exception>
    public string? Check(CancellationToken cancellationToken) => _compiledFirst?.Check(cancellationToken);
}
