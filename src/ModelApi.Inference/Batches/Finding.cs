namespace ModelApi.Inference.Batches;

/// <summary>Something about one value of a request that its sender should know.</summary>
/// <param name="Row">Index of the row in the request, or -1 when the finding is about the request as a whole.</param>
/// <param name="Feature">The feature, as the sender spelt it, or null when the finding is about the row as a whole.</param>
/// <param name="Message">A sentence that says what is expected. It never repeats the value.</param>
public readonly record struct Finding(int Row, string? Feature, string Message)
{
    /// <summary>The JSON pointer (RFC 6901) of the value: <c>/age</c>, or <c>/3/age</c> among several rows.</summary>
    public string Pointer(RequestShape shape)
    {
        var row = Row >= 0 && shape == RequestShape.Rows ? $"/{Row}" : "";
        return Feature is null
            ? row
            : row + JsonPointer.ToMember(Feature);
    }
}
