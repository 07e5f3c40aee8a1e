using System.Runtime.InteropServices;

namespace ModelApi.Overload;

/// <summary>Lowers the priority of the thread that asks, for work that must not delay requests.</summary>
/// <remarks>
/// .NET sets no priority on Linux; there it belongs to a thread, and 0 is the one that calls. Where a sandbox forbids it, the thread keeps
/// the usual one.
/// </remarks>
internal static partial class LowPriority
{
    // Of setpriority(2).
    private const int Low = 10;
    private const int Lowest = 19;

    // SCHED_IDLE of sched(7): any other thread that wakes up takes the processor at once.
    private const int IdlePolicy = 5;

    /// <summary>The thread takes what others leave.</summary>
    public static void Lower()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(0, 0, Low);
        }
    }

    /// <summary>The thread runs where the processor would be idle otherwise.</summary>
    public static void Idle()
    {
        if (OperatingSystem.IsLinux())
        {
            // The first counts where the C library has no other policies (musl).
            _ = SetPriority(0, 0, Lowest);
            _ = SetScheduler(0, IdlePolicy, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, in int priority);
}
