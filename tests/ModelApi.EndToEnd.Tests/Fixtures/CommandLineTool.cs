using System.Diagnostics;

namespace ModelApi.EndToEnd.Tests.Fixtures;

/// <summary><c>modelapi</c> as a script runs it, against one server.</summary>
internal sealed class CommandLineTool(Uri server, string folder)
{
    public const string Key = "abc123";

    private static readonly string Program = Path.Combine(
        Repository.Root, "src", "ModelApi.Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "modelapi.dll");

    /// <summary>The folder in which commands run.</summary>
    public string Folder => folder;

    public Task<ToolResult> RunAsync(params string[] arguments) =>
        RunAsync(new ProcessStartInfo("dotnet", [Program, .. arguments]));

    /// <summary>Runs a script of bash in which <c>modelapi</c> is a command.</summary>
    public Task<ToolResult> RunScriptAsync(string script, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", $"modelapi() {{ dotnet '{Program}' \"$@\"; }}\n{script}"]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return RunAsync(start);
    }

    private async Task<ToolResult> RunAsync(ProcessStartInfo start)
    {
        start.WorkingDirectory = folder;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["MODELAPI_SERVER"] = server.ToString().TrimEnd('/');
        start.Environment.TryAdd("MODELAPI_TOKEN", Key);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ToolResult(process.ExitCode, output, await errors);
    }
}

/// <summary>How a run ended.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>Both streams, for a test that fails.</summary>
    public string All => $"exit {ExitCode}\n{Output}\n{Error}";
}
