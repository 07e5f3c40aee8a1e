using System.Buffers;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Registry;

/// <summary>The memory that one request is read and scored in, kept from one request to the next.</summary>
public sealed class ScoringWorkspace(Signature signature)
{
    /// <summary>The rows of the request.</summary>
    public FeatureBatch Features { get; } = new(signature);

    /// <summary>Their answers.</summary>
    public PredictionBatch Predictions { get; } = new(signature);

    /// <summary>What is wrong or unusual about them.</summary>
    public Findings Findings { get; } = new();

    /// <summary>The answer as it will be sent.</summary>
    public ArrayBufferWriter<byte> Answer { get; } = new();

    internal void Clear()
    {
        Answer.ResetWrittenCount();
        Features.Clear();
        Findings.Clear();
    }
}
