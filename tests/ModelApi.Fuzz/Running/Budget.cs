using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ModelApi.Fuzz.Running;

/// <summary>Holds work to processor time and memory in proportion to its input.</summary>
/// <remarks>
/// The least of several measurements counts: what a busy machine, a collection or the compiler adds comes once, and what the input costs
/// comes each time. Work above its budget is measured for some seconds more, until its code is the optimized one: the runtime compiles that
/// in the background, once a method has run often enough, and later on a busy machine.
/// </remarks>
internal static partial class Budget
{
    private const int Attempts = 12;
    private const int Seconds = 3;
    private const int ThreadCpuClock = 3;
    private const double MillisecondsPerMegabyte = 50;
    private const int FreeBytes = 64 * 1024;

    // A debug build is not optimized: its loops take up to fifteen times as long. The figures of a release build are the bar.
    private static readonly double Slowness =
        typeof(Program).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true } ? 15 : 1;

    /// <summary>Runs work on this thread: at most 1 ms + 50 ms of CPU per MB, and 64 KB of memory beside what the input may take.</summary>
    /// <returns>What the work returned.</returns>
    public static T Check<T>(long inputBytes, long memoryBytes, Func<T> work)
    {
        var (milliseconds, allocated) = (double.MaxValue, long.MaxValue);
        var allowed = Milliseconds(inputBytes);
        var allowedBytes = FreeBytes + memoryBytes;
        var result = default(T)!;
        var start = Stopwatch.GetTimestamp();
        for (var attempt = 0; IsTried(attempt, start) && (milliseconds > allowed || allocated > allowedBytes); attempt++)
        {
            var bytesBefore = GC.GetAllocatedBytesForCurrentThread();
            var before = ThreadMilliseconds();
            result = work();
            milliseconds = Math.Min(milliseconds, ThreadMilliseconds() - before);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - bytesBefore);
        }

        Assert.True(milliseconds <= allowed, $"{milliseconds:0.0} ms of CPU for {inputBytes} bytes; at most {allowed:0.0}.");
        Assert.True(allocated <= allowedBytes, $"{allocated} bytes of memory for {inputBytes} bytes; at most {allowedBytes}.");
        return result;
    }

    /// <summary>
    /// Runs an exchange of a client and a server in this process, which does nothing else; at most 1 ms + 50 ms of CPU per MB, and as
    /// much for the client as for a server without input.
    /// </summary>
    /// <returns>What the work returned at first.</returns>
    public static async Task<T> CheckAsync<T>(long inputBytes, Func<Task<T>> workAsync)
    {
        var milliseconds = double.MaxValue;
        var allowed = Milliseconds(inputBytes) + Milliseconds(0);
        var result = default(T)!;
        var start = Stopwatch.GetTimestamp();
        for (var attempt = 0; IsTried(attempt, start) && milliseconds > allowed; attempt++)
        {
            var before = Environment.CpuUsage.TotalTime;
            var latest = await workAsync();
            milliseconds = Math.Min(milliseconds, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
            result = attempt == 0 ? latest : result;
        }

        Assert.True(
            milliseconds <= allowed,
            $"{milliseconds:0.0} ms of CPU for {inputBytes} bytes, client included; at most {allowed:0.0}.");
        return result;
    }

    private static bool IsTried(int attempt, long start) =>
        attempt < Attempts || Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds;

    private static double Milliseconds(long bytes) => Slowness * (1 + (MillisecondsPerMegabyte * bytes / 1_000_000));

    private static double ThreadMilliseconds()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Stopwatch.GetElapsedTime(0).TotalMilliseconds;
        }

        Marshal.ThrowExceptionForHR(GetTime(ThreadCpuClock, out var time));
        return (time.Seconds * 1000.0) + (time.Nanoseconds / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
