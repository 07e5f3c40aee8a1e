namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>The additional threads for large batches, shared by all models of the process.</summary>
internal static class SharedThreads
{
    // Each batch also runs on the calling thread.
    private static int _free = Environment.ProcessorCount - 1;

    /// <summary>Takes threads.</summary>
    /// <param name="wanted">The largest number to take.</param>
    /// <returns>The number taken, possibly zero, which the caller has to return.</returns>
    public static int Take(int wanted)
    {
        while (true)
        {
            var free = Volatile.Read(ref _free);
            var taken = Math.Min(wanted, free);
            if (taken <= 0 || Interlocked.CompareExchange(ref _free, free - taken, free) == free)
            {
                return Math.Max(0, taken);
            }
        }
    }

    /// <summary>Returns threads.</summary>
    public static void Return(int taken) => Interlocked.Add(ref _free, taken);
}
