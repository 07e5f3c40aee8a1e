using System.Security.Claims;
using ModelApi.Errors;

namespace ModelApi.Predictions;

/// <summary>What the documentation shows for one body.</summary>
/// <param name="Answer">The answer as JSON; null when there is none.</param>
/// <param name="Failure">Why there is none.</param>
internal sealed record SamplePrediction(byte[]? Answer, PredictionFailure? Failure)
{
    /// <summary>The caller that examples name.</summary>
    public static ClaimsPrincipal Caller { get; } = new(new ClaimsIdentity([new Claim(ClaimTypes.Name, "you")], "Sample"));
}
