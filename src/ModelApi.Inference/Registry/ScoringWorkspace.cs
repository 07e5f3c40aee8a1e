using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Registry;

/// <summary>The memory that one request is read and scored in, kept from one request to the next.</summary>
public sealed class ScoringWorkspace
{
    private const int MaxKeptRows = 256;
    private const int MaxKeptAnswerBytes = 256 * 1024;

    /// <summary>Makes memory for one request at a time.</summary>
    public ScoringWorkspace(Signature signature)
    {
        Features = new FeatureBatch(signature);
        Predictions = new PredictionBatch(signature);

        // The answer is JSON for programs and never part of a page, so only what JSON itself needs is escaped.
        AnswerWriter = new Utf8JsonWriter(Answer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>The rows of the request.</summary>
    public FeatureBatch Features { get; }

    /// <summary>Their answers.</summary>
    public PredictionBatch Predictions { get; }

    /// <summary>What is wrong or unusual about them.</summary>
    public Findings Findings { get; } = new();

    /// <summary>The answer as it will be sent.</summary>
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
        return Features.Capacity <= MaxKeptRows && Answer.Capacity <= MaxKeptAnswerBytes;
    }
}
