namespace ModelApi.Inference.Scoring.Selection;

/// <summary>The engines that may score a model.</summary>
public enum ScoringEngine
{
    /// <summary>The compiled engine for models that it can compile and answers like ONNX Runtime; ONNX Runtime for others.</summary>
    Auto,

    /// <summary>
    /// The compiled engine only; the version fails where it cannot be compiled or does not reproduce the golden rows. Where it differs from
    /// ONNX Runtime on other rows, that is told.
    /// </summary>
    Compiled,

    /// <summary>ONNX Runtime only.</summary>
    OnnxRuntime,
}
