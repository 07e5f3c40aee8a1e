using ModelApi.Inference.Signatures;

namespace ModelApi.Predictions;

/// <summary>Estimates the memory that reading, scoring and answering a body takes, before any of it is taken.</summary>
internal static class WorkingMemory
{
    // A column that grows is copied to one of twice its size, and an answer too.
    private const int Growth = 3;
    private const int BytesPerNumber = 8;
    private const int BytesPerText = 12;
    private const int BytesPerClass = 32;
    private const int BytesPerAnswer = 64;

    // Of an output that is returned as it is, and whose shape the graph does not declare.
    private const int UndeclaredWidth = 64;

    /// <param name="signature">The columns.</param>
    /// <param name="body">JSON, or what claims to be.</param>
    /// <param name="maxRows">The rows of one request.</param>
    /// <returns>Bytes, rather too many than too few: each brace may begin a row, and each byte be a character.</returns>
    public static long Of(Signature signature, ReadOnlySpan<byte> body, int maxRows)
    {
        var rows = Math.Min(body.Count((byte)'{'), maxRows);
        var bytesPerRow = (BytesPerNumber * signature.NumberColumns) + (BytesPerText * signature.TextColumns)
            + BytesPerAnswerOf(signature);

        // A row that holds a tensor has two bytes and more for each of its numbers; other rows are refused.
        var numbers = Math.Min((long)rows * signature.TensorElements, (body.Length / 2) + (long)signature.TensorElements);
        return ((long)Growth * (((long)rows * bytesPerRow) + (BytesPerNumber * numbers)))
            + (signature.TextColumns > 0 ? sizeof(char) * (long)body.Length : 0);
    }

    private static int BytesPerAnswerOf(Signature signature)
    {
        var answer = signature.Answer;
        var others = answer.Others.Sum(other => other.Width ?? UndeclaredWidth);
        return (BytesPerClass * Math.Max(1, answer.NumberColumns + answer.LabelColumns - 1 + others)) + BytesPerAnswer;
    }
}
