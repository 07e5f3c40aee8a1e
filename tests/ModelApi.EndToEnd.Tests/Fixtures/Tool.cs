using System.Diagnostics;

namespace ModelApi.EndToEnd.Tests.Fixtures;

/// <summary>Programs that the tests run beside the server, and whether this machine has them.</summary>
internal static class Tool
{
    /// <summary>The packages of package.json, which the build installs where npm is.</summary>
    public const string NpmPackages = "npm packages";

    /// <summary>What to install for a program, where its name does not say so. Debian's package names.</summary>
    private static readonly Dictionary<string, string> Hints = new()
    {
        [NpmPackages] = "install Node.js 20 or newer with npm, and build again",
        ["node"] = "install Node.js 20 or newer",
        ["java"] = "default-jdk-headless",
        ["scalac"] = "scala",
        ["go"] = "golang-go",
    };

    /// <summary>Not every machine that builds this can install these, so that even CI does without.</summary>
    private static readonly HashSet<string> Optional = ["scalac", "go"];

    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "ModelApi.EndToEnd.Tests");

    /// <summary>Why a test that needs these tools is skipped here; null when it runs.</summary>
    /// <remarks>CI has them all: there a missing tool fails the test.</remarks>
    public static string? SkipReason(params string[] tools)
    {
        var isCi = Environment.GetEnvironmentVariable("CI") == "true";
        var missing = tools.Where(tool => !IsInstalled(tool) && (!isCi || Optional.Contains(tool)))
            .Select(tool => Hints.TryGetValue(tool, out var hint) ? $"{tool} ({hint})" : tool)
            .ToList();
        return missing.Count == 0 ? null : $"This machine lacks {string.Join(", ", missing)}.";
    }

    public static Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments) =>
        RunAsync(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder });

    /// <returns>The exit code, and standard output followed by standard error.</returns>
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

    private static bool IsInstalled(string tool) => tool == NpmPackages
        ? File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json"))
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, tool)));
}
