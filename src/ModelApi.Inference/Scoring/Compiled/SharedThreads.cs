namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>The threads that large batches may take besides their own, shared by all models of the process.</summary>
internal static class SharedThreads
{
    // Each batch has the thread that asks for it; together they never take more than the machine has.
    private static int _free = Environment.ProcessorCount - 1;

    /// <summary>Takes some.</summary>
    /// <param name="wanted">At most this many.</param>
    /// <returns>How many there were, possibly none; to be returned.</returns>
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

    public static void Return(int taken) => Interlocked.Add(ref _free, taken);
}
