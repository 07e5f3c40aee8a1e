namespace ModelApi.Errors;

/// <summary>Writes failures as problem details (RFC 9457).</summary>
internal sealed class ProblemWriter : IFailureWriter
{
    private static readonly Problem Overloaded = Problem.Of(Failures.Overloaded).Prepare();

    public static ProblemWriter Instance { get; } = new();

    public Task WriteAsync(HttpContext context, PredictionFailure failure) =>
        (ReferenceEquals(failure, Failures.Overloaded) ? Overloaded : Problem.Of(failure)).WriteAsync(context);
}
