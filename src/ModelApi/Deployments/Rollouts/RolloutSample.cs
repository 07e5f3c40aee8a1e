using System.Buffers;
using ModelApi.Predictions;

namespace ModelApi.Deployments.Rollouts;

/// <summary>The copy of a call that both versions are to answer.</summary>
/// <param name="run">The rollout that it belongs to.</param>
/// <param name="protocol">Reads the body.</param>
/// <param name="takesRowsOnly">As <see cref="PredictionCall.TakesRowsOnly"/>.</param>
/// <param name="hasFailed">Whether the version that was asked failed, by a fault of its own.</param>
/// <param name="body">The body in an array of the shared pool, which the sample now owns.</param>
/// <param name="length">The length of the body.</param>
internal sealed class RolloutSample(
    RolloutRun run, IPredictionProtocol protocol, bool takesRowsOnly, bool hasFailed, byte[] body, int length)
{
    public RolloutRun Run => run;

    public IPredictionProtocol Protocol => protocol;

    public bool TakesRowsOnly => takesRowsOnly;

    public bool HasFailed => hasFailed;

    public int Length => length;

    public ReadOnlySpan<byte> Body => body.AsSpan(0, length);

    /// <summary>Gives the array back. Nobody may use the body after that.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(body);
}
