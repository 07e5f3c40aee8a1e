namespace ModelApi.Inference.Batches;

/// <summary>The top level of a request, which decides the shape of the answer.</summary>
public enum RequestShape
{
    /// <summary>One object: one row, one answer.</summary>
    Row,

    /// <summary>An array of objects, by itself or under the instances key: an array of answers.</summary>
    Rows,
}
