using System.Runtime.InteropServices;

namespace ModelApi.Overload;

/// <summary>Lowers the priority of the thread that asks, for work that must not delay requests.</summary>
internal static partial class LowPriority
{
    /// <summary>Takes what others leave, and half of it beside other such threads.</summary>
    public const int Low = 10;

    /// <summary>Takes next to nothing while anybody else works.</summary>
    public const int Lowest = 19;

    /// <remarks>
    /// .NET sets no priority on Linux; there it belongs to a thread, and 0 is the one that calls. Where a sandbox forbids it, the thread
    /// keeps the usual one.
    /// </remarks>
    public static void Lower(int niceness)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(0, 0, niceness);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
