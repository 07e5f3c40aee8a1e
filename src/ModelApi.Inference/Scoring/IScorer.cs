using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring;

/// <summary>Turns a feature batch into a prediction batch.</summary>
/// <remarks>Implementations are thread-safe: many threads score with one scorer at a time, each with batches of its own.</remarks>
public interface IScorer : IDisposable
{
    /// <summary>The engine's name and version, such as <c>onnxruntime 1.29.0</c>.</summary>
    string Engine { get; }

    /// <summary>The kernels that walk the trees and the time of each, in one line for people; null for an engine without kernels.</summary>
    string? Kernels => null;

    /// <summary>
    /// Whether a row may cost much less among others than alone, because each call has a cost of its own. Only then does a version time
    /// whether joining the rows of several callers pays.
    /// </summary>
    bool GainsFromBatching => false;

    /// <summary>Scores every row.</summary>
    /// <param name="features">At least one row, of the signature that the scorer was made for.</param>
    /// <param name="predictions">Receives as many rows, in the same order; undefined when an exception is thrown.</param>
    /// <param name="cancellationToken">Ends the work early, between blocks of rows.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before the last row was scored.</exception>
    void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken);
}
