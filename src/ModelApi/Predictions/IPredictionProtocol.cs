using ModelApi.Errors;
using ModelApi.Inference.Signatures;

namespace ModelApi.Predictions;

/// <summary>How one protocol writes rows and answers; its failures are written by the <see cref="IFailureWriter"/> of its routes.</summary>
/// <remarks>Thread-safe. A protocol scores, validates and looks models up through the <see cref="Predictor"/> alone.</remarks>
internal interface IPredictionProtocol
{
    /// <summary>Reads rows into <see cref="PredictionCall.Workspace"/> and sets <see cref="PredictionCall.Shape"/>.</summary>
    /// <param name="call">A call that is routed; its findings receive what is wrong with rows.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="cancellationToken">Ends the reading early; looked at every few thousand values.</param>
    /// <returns>What keeps the body from being read at all, or null.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    PredictionFailure? Read(PredictionCall call, ReadOnlySpan<byte> body, CancellationToken cancellationToken);

    /// <summary>Finds a feature of the first row before the body is read, for a rollout that chooses by it.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="signature">The features of production.</param>
    /// <param name="feature">The feature's name.</param>
    /// <returns>Its value as text, where the same values are the same texts; null when there is none, or it cannot be found.</returns>
    string? FindFeature(ReadOnlySpan<byte> body, Signature signature, string feature);

    /// <summary>Writes the answer to the workspace's <c>Answer</c>.</summary>
    /// <param name="call">A call whose rows are scored.</param>
    void Write(PredictionCall call);
}
