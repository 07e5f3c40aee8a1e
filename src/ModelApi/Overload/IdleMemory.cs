using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Overload;

/// <summary>
/// Returns memory to the operating system once a burst of work is over. The runtime keeps what a burst took, because it collects when
/// memory is asked for, and an idle server asks for none; plain predictions do not either.
/// </summary>
internal sealed class IdleMemory(TimeProvider time) : BackgroundService
{
    private const long Megabyte = 1024 * 1024;

    // A collection of the whole heap stops every thread for some tens of milliseconds: only after so much work, and only when it is over.
    private const long BurstBytes = 256 * Megabyte;
    private const long QuietBytes = 1 * Megabyte;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>Collects the whole heap, and returns what is free. Stops every thread for some tens of milliseconds.</summary>
    public static void Return()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.ReturnFreeMemory();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        var returned = GC.GetTotalAllocatedBytes();
        var before = returned;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = GC.GetTotalAllocatedBytes();
                if (now - before < QuietBytes && now - returned > BurstBytes)
                {
                    Return();
                    returned = now;
                }

                before = now;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
