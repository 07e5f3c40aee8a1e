using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>Measures how long two engines take for the same rows.</summary>
internal interface IEngineTimer
{
    /// <summary>Measures the engines in turn.</summary>
    /// <param name="rows">At least one row.</param>
    /// <param name="compiled">The compiled engine.</param>
    /// <param name="reference">ONNX Runtime.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    EngineTimes Measure(FeatureBatch rows, IScorer compiled, IScorer reference, CancellationToken cancellationToken);
}
