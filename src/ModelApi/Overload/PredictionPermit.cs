using System.Threading.RateLimiting;

namespace ModelApi.Overload;

/// <summary>Whether a prediction may be worked on; disposed of, it lets the next one in.</summary>
internal readonly struct PredictionPermit(RateLimitLease? lease, ThreadReserve? threads, long start) : IDisposable
{
    /// <summary>For a version that bounds its work itself.</summary>
    public static PredictionPermit NotNeeded => default;

    public bool IsGranted => lease is null or { IsAcquired: true };

    public void Dispose()
    {
        if (lease is not null)
        {
            lease.Dispose();
            threads!.Stop(start);
        }
    }
}
