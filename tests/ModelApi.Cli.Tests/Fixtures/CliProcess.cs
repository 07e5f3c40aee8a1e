using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelApi.Cli.Tests.Fixtures;

/// <summary>The <c>modelapi</c> executable as a process of its own, as a user or a script would start it.</summary>
internal sealed partial class CliProcess : IAsyncDisposable
{
    // The lowest bits of a mask of signals.
    private const int HangUpAndInterrupt = 0b11;

    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Terminate = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private CliProcess(Process process) => _process = process;

    /// <summary>Its standard input, which stays open until it is closed.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Runs the tool to its end.</summary>
    public static Task<CliResult> RunAsync(params string[] arguments) => RunWithInputAsync([], arguments);

    /// <summary>Runs the tool to its end with those bytes as its standard input.</summary>
    public static async Task<CliResult> RunWithInputAsync(byte[] input, params string[] arguments)
    {
        await using var cli = Start(arguments);
        var ended = cli.WaitForExitAsync();
        try
        {
            await cli.Input.WriteAsync(input);
            cli.Input.Close();
        }
        catch (IOException)
        {
            // A command that fails does not read its input.
        }

        return await ended;
    }

    public static CliProcess Start(params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var tool = Path.Combine(Repository.Root, "src", "ModelApi.Cli", "bin", configuration, "net10.0", "modelapi.dll");
        var process = new Process
        {
            // A child inherits ignored signals: a shell ignores Ctrl-C for background jobs, nohup a closed terminal.
            StartInfo = new ProcessStartInfo("env", ["--default-signal=INT,HUP", "dotnet", tool, .. arguments])
            {
                WorkingDirectory = Repository.Root,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        return new CliProcess(process);
    }

    /// <summary>Waits until the command has a handler for SIGHUP, which it gets last.</summary>
    public Task WaitUntilSignalsAreHandledAsync() => WaitAsync(() =>
        File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("SigCgt:", StringComparison.Ordinal))[^1] is var digit
        && (Convert.ToInt32(digit.ToString(), 16) & HangUpAndInterrupt) == HangUpAndInterrupt);

    /// <summary>Waits for a condition, 60 s at most.</summary>
    public static async Task WaitAsync(Func<bool> condition)
    {
        for (var start = Stopwatch.GetTimestamp(); !condition();)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "The condition was not met in time.");
            await Task.Delay(50);
        }
    }

    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    public async Task<CliResult> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var output = new MemoryStream();
        var errors = _process.StandardError.ReadToEndAsync(patience.Token);
        await _process.StandardOutput.BaseStream.CopyToAsync(output, patience.Token);
        var error = await errors;
        await _process.WaitForExitAsync(patience.Token);
        return new CliResult(_process.ExitCode, output.ToArray(), error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

/// <summary>How a run of the tool ended.</summary>
internal sealed record CliResult(int ExitCode, byte[] OutputBytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(OutputBytes);
}
