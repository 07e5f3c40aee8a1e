namespace ModelApi.Errors;

/// <summary>Why a prediction has no answer, in no protocol's terms. <see cref="Failures"/> makes them.</summary>
/// <param name="Kind">The kind, which decides status and title.</param>
/// <param name="Detail">What is wrong with this request and how to correct it, for people.</param>
internal sealed record PredictionFailure(FailureKind Kind, string Detail)
{
    private static readonly Dictionary<string, object?> NoFacts = [];

    /// <summary>What programs may want to know: <c>line</c>, <c>errors</c>, <c>known</c>, …; docs/errors.md lists them.</summary>
    public IReadOnlyDictionary<string, object?> Facts { get; init; } = NoFacts;

    /// <summary>The HTTP status where the server has chosen one itself; null for the one that belongs to the kind.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Seconds after which the same request may succeed.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Writes the failure in the form of the endpoint's protocol.</summary>
    public Task WriteAsync(HttpContext context) => FailureWriter.Of(context).WriteAsync(context, this);
}
