namespace ModelApi.Inference.Scoring.Batching;

/// <summary>The queue of rows to score is full; the same call may succeed a little later.</summary>
public sealed class ScoringQueueFullException : Exception
{
    /// <summary>Makes the exception with a general message.</summary>
    public ScoringQueueFullException()
        : this("Too many rows wait to be scored.")
    {
    }

    /// <summary>Makes the exception.</summary>
    public ScoringQueueFullException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    public ScoringQueueFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
