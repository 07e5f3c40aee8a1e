using System.Diagnostics;

namespace ModelApi.EndToEnd.Tests.Fixtures;

/// <summary>Runs a program of somebody else's and returns what it wrote.</summary>
internal static class Tool
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "ModelApi.EndToEnd.Tests");

    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
