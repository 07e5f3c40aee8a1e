using System.Globalization;
using System.Runtime.InteropServices;

#pragma warning disable CA1050 // The runtime looks for this name, outside of every namespace.

/// <summary>
/// Started by the runtime before Main when DOTNET_STARTUP_HOOKS names this assembly. On SIGUSR1 it writes the bytes allocated
/// so far, by all threads, to the file that BENCH_COUNTERS names.
/// </summary>
/// <remarks>So the very server that ships can be asked, and the echo in the same way.</remarks>
internal static class StartupHook
{
    // Not one of the signals that .NET has names for, so the number itself, which is that of Linux.
    private const PosixSignal UserSignal = (PosixSignal)10;

    // Freed by the garbage collector, the registration would end.
    private static PosixSignalRegistration? _registration;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("BENCH_COUNTERS") is { Length: > 0 } file)
        {
            _registration = PosixSignalRegistration.Create(UserSignal, context =>
            {
                // Or the signal would do what it does by default, which is to end the process.
                context.Cancel = true;
                Write(file);
            });
        }
    }

    // Renamed when it is whole: whoever waits for the file reads all of it.
    private static void Write(string file)
    {
        File.WriteAllText($"{file}.new", GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture) + "\n");
        File.Move($"{file}.new", file, overwrite: true);
    }
}
