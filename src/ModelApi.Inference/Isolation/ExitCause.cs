using System.Globalization;

namespace ModelApi.Inference.Isolation;

/// <summary>Says how a process ended.</summary>
internal static class ExitCause
{
    // .NET adds this to the number of the signal that ended a process, as shells do.
    private const int Signals = 128;

    private static readonly Dictionary<int, string> Names = new()
    {
        [4] = "illegal instruction",
        [5] = "trap",
        [6] = "abort",
        [7] = "bus error",
        [8] = "arithmetic error",
        [9] = "killed, by the system when memory ran out or by somebody",
        [11] = "segmentation fault",
        [15] = "terminated",
        [24] = "processor time exceeded",
        [31] = "bad system call",
    };

    /// <summary>Such as <c>ended with signal 11 (segmentation fault)</c>.</summary>
    public static string Describe(int exitCode)
    {
        var signal = exitCode - Signals;
        if (!OperatingSystem.IsWindows() && Names.TryGetValue(signal, out var name))
        {
            return string.Create(CultureInfo.InvariantCulture, $"ended with signal {signal} ({name})");
        }

        var code = OperatingSystem.IsWindows() ? $"0x{exitCode:X8}" : exitCode.ToString(CultureInfo.InvariantCulture);
        return $"ended with exit code {code} instead of a verdict";
    }
}
