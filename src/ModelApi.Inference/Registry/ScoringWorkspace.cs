using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Registry;

/// <summary>The memory for reading and scoring one request at a time, reused by later requests.</summary>
public sealed class ScoringWorkspace
{
    private const int MaxKeptRows = 256;
    private const int MaxKeptNumbers = 1024 * 1024;
    private const int MaxKeptAnswerBytes = 256 * 1024;

    /// <summary>Makes an empty workspace.</summary>
    public ScoringWorkspace(Signature signature)
    {
        Features = new FeatureBatch(signature);
        Predictions = new PredictionBatch(signature);

        // Answers are never embedded in HTML, so only the escapes of JSON itself are needed.
        AnswerWriter = new Utf8JsonWriter(Answer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>The rows of the request.</summary>
    public FeatureBatch Features { get; }

    /// <summary>The answers to the rows.</summary>
    public PredictionBatch Predictions { get; }

    /// <summary>Errors and warnings about the rows.</summary>
    public Findings Findings { get; } = new();

    /// <summary>The body of the response.</summary>
    public ArrayBufferWriter<byte> Answer { get; } = new();

    /// <summary>Writes to <see cref="Answer"/>.</summary>
    public Utf8JsonWriter AnswerWriter { get; }

    /// <returns>Whether it is worth keeping: one that has grown large is left to the garbage collector.</returns>
    internal bool TryReset()
    {
        Answer.ResetWrittenCount();
        AnswerWriter.Reset();
        Features.Clear();
        Findings.Clear();
        return Features.Capacity <= MaxKeptRows
            && (Features.Capacity == 1 || (long)Features.Capacity * Features.Signature.TensorElements <= MaxKeptNumbers)
            && Answer.Capacity <= MaxKeptAnswerBytes;
    }
}
