using System.Collections.Concurrent;

namespace ModelApi.Deployments.Rollouts;

/// <summary>Copies of calls that wait to be compared, up to a bound; others find no room.</summary>
/// <remarks>Thread-safe. To add one wakes nobody: that would cost the request more than the copy does.</remarks>
internal sealed class RolloutQueue
{
    private const int MostSamples = 1024;
    private const int MostBytes = 16 * 1024 * 1024;

    private readonly ConcurrentQueue<RolloutSample> _samples = new();
    private int _count;
    private long _bytes;

    /// <summary>The copies that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether a body of that length would be taken.</summary>
    public bool HasRoom(int length) => Count < MostSamples && Volatile.Read(ref _bytes) + length <= MostBytes;

    /// <summary>Takes a sample. Those who have asked at the same time may exceed the bound, by one each.</summary>
    public void Add(RolloutSample sample)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _bytes, sample.Length);
        _samples.Enqueue(sample);
    }

    /// <summary>Gives the sample that has waited longest.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RolloutSample? sample)
    {
        if (!_samples.TryDequeue(out sample))
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -sample.Length);
        return true;
    }
}
