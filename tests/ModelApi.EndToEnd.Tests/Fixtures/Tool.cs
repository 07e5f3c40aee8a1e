using System.Diagnostics;

namespace ModelApi.EndToEnd.Tests.Fixtures;

/// <summary>Runs a program of somebody else's and returns what it wrote.</summary>
internal static class Tool
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "ModelApi.EndToEnd.Tests");

    public static Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments) =>
        RunAsync(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder });

    /// <returns>The exit code, and what was written to standard output and then to standard error.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = new Process { StartInfo = start };
        process.Start();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    /// <summary>Whether a program of that name is on the path.</summary>
    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
