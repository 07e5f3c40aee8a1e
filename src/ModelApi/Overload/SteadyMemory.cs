using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Overload;

/// <summary>
/// Keeps memory level while the server works. The runtime collects large and old garbage when tens of megabytes of it have come, and the
/// C library keeps what was freed: left alone, both grow towards the worst of what came together, for an hour and more.
/// </summary>
/// <remarks>Collects beside the requests and moves nothing, so that they hardly stop: what is free is used again.</remarks>
internal sealed class SteadyMemory : BackgroundService
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _period;

    // Bytes since the start of the process, at the last collection.
    private long _collectedAt = GC.GetTotalAllocatedBytes();

    public SteadyMemory(TimeProvider time)
        : this(time, TimeSpan.FromMinutes(1))
    {
    }

    /// <param name="time">The clock.</param>
    /// <param name="period">The shortest time between two collections.</param>
    internal SteadyMemory(TimeProvider time, TimeSpan period) => (_time, _period) = (time, period);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // To collect costs in proportion to the heap, so that much must have been allocated for it.
                if (GC.GetTotalAllocatedBytes() - _collectedAt > GC.GetTotalMemory(forceFullCollection: false) / 2)
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);
                    NativeHeap.ReturnFreeMemory();
                    _collectedAt = GC.GetTotalAllocatedBytes();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
