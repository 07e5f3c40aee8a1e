namespace ModelApi.Inference.Scoring.Compiled.Text;

/// <summary>StringNormalizer of one text: changes its case, and replaces it by the empty text if the whole of it is a stop word.</summary>
/// <remarks>ONNX Runtime leaves a stop word out of the batch; a batch of no other rows is one empty text.</remarks>
/// <param name="change">The case of the result; null where it stays.</param>
/// <param name="compare">The case in which texts are compared with the stop words; null where it stays.</param>
/// <param name="stopWords">The stop words, already in that case.</param>
internal sealed class TextNormalizer(LetterCase? change, LetterCase? compare, TextTable stopWords)
{
    /// <param name="text">The text.</param>
    /// <param name="buffer">Room for as many characters; may be overwritten.</param>
    /// <returns>The normalized text, which may lie in the buffer.</returns>
    public ReadOnlySpan<char> Apply(ReadOnlySpan<char> text, Span<char> buffer)
    {
        buffer = buffer[..text.Length];
        if (stopWords.Count > 0 && text.Length <= stopWords.Longest)
        {
            compare?.Change(text, buffer);
            if (stopWords.Find(compare is null ? text : buffer) >= 0)
            {
                return [];
            }
        }

        if (change is null)
        {
            return text;
        }

        change.Change(text, buffer);
        return buffer;
    }
}
