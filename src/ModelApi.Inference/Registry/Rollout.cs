using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ModelApi.Inference.Registry;

/// <summary>A version that proves itself beside the one in production.</summary>
/// <param name="Id">Tells it from earlier rollouts.</param>
/// <param name="Version">The version's number.</param>
/// <param name="Mode">Whether it answers.</param>
/// <param name="Percent">The share of calls that a canary answers, from 0 to 100.</param>
/// <param name="Key">What keeps a caller with one version: <c>caller</c>, <c>header:NAME</c> or <c>feature:NAME</c>.</param>
public sealed record Rollout(string Id, string Version, RolloutMode Mode, double Percent, string Key)
{
    /// <summary>What <see cref="Key"/> says; the caller where it is none of these.</summary>
    public RolloutKey By { get; } = RolloutKey.TryParse(Key) ?? RolloutKey.Caller;

    /// <summary>
    /// What decides which callers go first: not the same ones in each rollout, but those of a small share stay when it grows. The
    /// <see cref="Id"/> unless it is set.
    /// </summary>
    public string Seed { get; init; } = Id;

    /// <summary>Whether the canary answers the calls with this key; always the same for a key, as long as the rollout runs.</summary>
    public bool Takes(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed}\n{key}"), hash);
        return BinaryPrimitives.ReadUInt32LittleEndian(hash) / (uint.MaxValue + 1.0) * 100 < Percent;
    }
}
