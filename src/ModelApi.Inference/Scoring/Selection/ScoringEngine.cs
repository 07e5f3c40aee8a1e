namespace ModelApi.Inference.Scoring.Selection;

/// <summary>What may score a model.</summary>
public enum ScoringEngine
{
    /// <summary>The compiled engine where it can and gives the answers of ONNX Runtime; ONNX Runtime otherwise.</summary>
    Auto,

    /// <summary>The compiled engine, or the version fails.</summary>
    Compiled,

    /// <summary>ONNX Runtime.</summary>
    OnnxRuntime,
}
