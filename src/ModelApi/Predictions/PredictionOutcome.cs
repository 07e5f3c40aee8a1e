namespace ModelApi.Predictions;

/// <summary>How a prediction ended.</summary>
internal enum PredictionOutcome
{
    /// <summary>With an answer.</summary>
    Answered,

    /// <summary>With an error that is the request's fault.</summary>
    Refused,

    /// <summary>With an error of the server, which may only have had too much to do.</summary>
    Failed,

    /// <summary>The client went away before its answer was sent.</summary>
    Aborted,
}

internal static class Outcome
{
    /// <summary>The outcome by the response's status, for a response that was sent or given up.</summary>
    public static PredictionOutcome Of(HttpContext context) =>
        context.RequestAborted.IsCancellationRequested ? PredictionOutcome.Aborted : Of(context.Response.StatusCode);

    public static PredictionOutcome Of(int status) => status switch
    {
        >= StatusCodes.Status500InternalServerError => PredictionOutcome.Failed,
        >= StatusCodes.Status400BadRequest => PredictionOutcome.Refused,
        _ => PredictionOutcome.Answered,
    };
}
