namespace ModelApi.Inference.Scoring;

/// <summary>A model answered something else than its manifest says.</summary>
public sealed class UnexpectedAnswerException : InvalidOperationException
{
    /// <summary>Says what was answered, and what is due.</summary>
    public UnexpectedAnswerException(string message)
        : base(message)
    {
    }
}
