using ModelApi.Inference.Registry;

namespace ModelApi.Predictions;

/// <summary>Chooses the calls that a canary answers.</summary>
internal static class CanaryChoice
{
    /// <summary>Whether the canary answers; production does where the call lacks what the choice goes by.</summary>
    /// <param name="rollout">A canary.</param>
    /// <param name="call">A call that is routed to production.</param>
    /// <param name="body">Its whole body.</param>
    public static bool Takes(Rollout rollout, PredictionCall call, ReadOnlySpan<byte> body)
    {
        var key = rollout.By.Kind switch
        {
            RolloutKeyKind.Header => call.Headers?[rollout.By.Name].ToString(),
            RolloutKeyKind.Feature => call.Protocol.FindFeature(body, call.Version!.Manifest!.Signature, rollout.By.Name),
            _ => call.UserName,
        };
        return !string.IsNullOrEmpty(key) && rollout.Takes(key);
    }
}
