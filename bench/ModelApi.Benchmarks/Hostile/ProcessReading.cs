using System.Globalization;

namespace ModelApi.Benchmarks.Hostile;

/// <summary>What a process holds and has used, from Linux' /proc.</summary>
/// <param name="ResidentMegabytes">Resident memory in MB of 2²⁰ bytes.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="Threads">Threads.</param>
/// <param name="CpuSeconds">CPU time since the start, user and system.</param>
internal sealed record ProcessReading(double ResidentMegabytes, int Handles, int Threads, double CpuSeconds)
{
    private const double TicksPerSecond = 100;

    public static ProcessReading Of(int process)
    {
        var folder = $"/proc/{process}";
        var status = File.ReadAllLines($"{folder}/status").Select(line => line.Split(':', 2))
            .ToDictionary(parts => parts[0], parts => parts[1].Trim().Split(' ')[0], StringComparer.Ordinal);

        // The name in the second field may hold blanks.
        var stat = File.ReadAllText($"{folder}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessReading(
            double.Parse(status["VmRSS"], CultureInfo.InvariantCulture) / 1024,
            Directory.GetFileSystemEntries($"{folder}/fd").Length,
            int.Parse(status["Threads"], CultureInfo.InvariantCulture),
            (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }
}
