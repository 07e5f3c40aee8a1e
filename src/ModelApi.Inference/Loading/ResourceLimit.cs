using System.Runtime.InteropServices;

namespace ModelApi.Inference.Loading;

/// <summary>The resource limits of this process on Linux: <c>getrlimit</c> and <c>setrlimit</c>.</summary>
internal static unsafe partial class ResourceLimit
{
    /// <summary>Seconds of processor time (<c>RLIMIT_CPU</c>).</summary>
    public const int Processor = 0;

    /// <summary>Bytes of private writable memory (<c>RLIMIT_DATA</c>). Address space that .NET reserves does not count.</summary>
    public const int Data = 2;

    /// <summary>Bytes of a core dump (<c>RLIMIT_CORE</c>).</summary>
    public const int CoreDump = 4;

    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Sets the limit that holds now, and leaves the one up to which it can be raised again.</summary>
    /// <returns>The limit before, or null when the system refuses it.</returns>
    public static ulong? SetCurrent(int resource, ulong value)
    {
        Pair limit;
        if (GetLimit(resource, &limit) != 0)
        {
            return null;
        }

        var before = limit.Current;
        limit.Current = Math.Min(value, limit.Most);
        return SetLimit(resource, &limit) == 0 ? before : null;
    }

    /// <summary>Lowers the limit for good.</summary>
    public static void Lower(int resource, ulong value)
    {
        Pair limit;
        if (GetLimit(resource, &limit) == 0)
        {
            limit.Most = Math.Min(value, limit.Most);
            limit.Current = limit.Most;
            _ = SetLimit(resource, &limit);
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, Pair* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, Pair* limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Pair
    {
        public ulong Current;
        public ulong Most;
    }
}
