using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Loading;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Inference.Isolation;

/// <summary>Proves bundles in a process of their own each, so that not even a crash of native code reaches this one.</summary>
/// <remarks>
/// The process has a deadline and, on Linux, limits of memory and processor time that the system enforces; elsewhere its memory is
/// watched from here. It gets none of this process's environment but what .NET needs. Thread-safe.
/// </remarks>
/// <param name="program">A program whose first act is to ask <see cref="ProofProcess.IsAskedFor"/>.</param>
/// <param name="limits">The limits of one proof.</param>
/// <param name="engine">The engines that may score.</param>
public sealed class IsolatedProver(ChildProgram program, LoadLimits limits, ScoringEngine engine = ScoringEngine.Auto)
{
    private const int MostOutput = 512 * 1024;
    private const int MostErrors = 4096;

    // A process before it reads anything: the runtime, its libraries and ONNX Runtime's.
    private const long EmptyProcess = 192L * 1024 * 1024;

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private static readonly string[] Inherited =
    [
        "PATH", "HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
        "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "DOTNET_BUNDLE_EXTRACT_BASE_DIR", "DOTNET_ROLL_FORWARD",
    ];

    /// <summary>Proves a bundle. Whatever happens to the process is a result, not an exception.</summary>
    /// <param name="folder">The bundle's folder, <c>…/name/version</c>.</param>
    /// <param name="cancellationToken">Ends the process early.</param>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<Proof> ProveAsync(string folder, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var memory = limits.MemoryFor(folder);
        var proof = await RunAsync(folder, memory, cancellationToken).ConfigureAwait(false);
        return proof with { Time = Stopwatch.GetElapsedTime(start) };
    }

    private async Task<Proof> RunAsync(string folder, long memory, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = Describe(folder, memory) };
        try
        {
            process.Start();
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return Failure($"The process that proves it cannot be started: {exception.Message}");
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limits.Timeout);
        var output = new BoundedOutput(MostOutput);
        var errors = new BoundedOutput(MostErrors);
        using var reading = new CancellationTokenSource();
        var pipes = Task.WhenAll(
            output.ReadAsync(process.StandardOutput.BaseStream, reading.Token),
            errors.ReadAsync(process.StandardError.BaseStream, reading.Token));
        try
        {
            process.StandardInput.Close();
            if (await WatchAsync(process, memory + EmptyProcess, deadline.Token).ConfigureAwait(false) is { } exceeded)
            {
                return Stopped(exceeded);
            }

            // What the process has started may still hold its pipes.
            await pipes.WaitAsync(Grace, deadline.Token).ConfigureAwait(false);
            return Read(process.ExitCode, output, errors);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Stopped(LoadLimit.Timeout);
        }
        catch (Exception exception) when (exception is TimeoutException or IOException)
        {
            return Failure("The process that proved it ended, but its output did not.");
        }
        finally
        {
            Kill(process);
            await reading.CancelAsync().ConfigureAwait(false);
            await pipes.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private ProcessStartInfo Describe(string folder, long memory)
    {
        // Several threads may use the time of several cores.
        var seconds = (int)Math.Ceiling(limits.Timeout.TotalSeconds * 2) + 1;
        var arguments = new ProofArguments(Path.GetFullPath(folder), engine, limits.MemoryBytes, seconds);
        var start = new ProcessStartInfo(program.FileName, [.. program.Arguments, .. arguments.ToArray()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        var inherited = Inherited.Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited.Where(variable => variable.Value is not null))
        {
            start.Environment[name] = value;
        }

        // One proof needs neither a collector for each core, nor profiles, nor dumps.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = memory.ToString("x", null);
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }

    /// <returns>The limit that the process exceeded, or null once it has ended.</returns>
    private static async Task<LoadLimit?> WatchAsync(Process process, long memory, CancellationToken cancellationToken)
    {
        var ended = process.WaitForExitAsync(cancellationToken);
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, Task.Delay(WatchInterval, CancellationToken.None)).ConfigureAwait(false);
            if (!ended.IsCompleted && ResidentOf(process) > memory)
            {
                return LoadLimit.Memory;
            }
        }

        await ended.ConfigureAwait(false);
        return null;
    }

    private static long ResidentOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
            return 0;
        }
    }

    private Proof Read(int exitCode, BoundedOutput output, BoundedOutput errors) => exitCode switch
    {
        0 when output.IsCut => Failure($"The process that proved it wrote more than {MostOutput} bytes."),
        0 => Verdict.TryRead(output.Bytes) ?? Failure("The process that proved it gave no verdict."),
        ProofProcess.OutOfMemory => Stopped(LoadLimit.Memory),
        _ => Failure($"The process that proved it {ExitCause.Describe(exitCode)}; the graphs are not loaded here.{FirstLine(errors)}"),
    };

    private Proof Stopped(LoadLimit limit) => new() { Faults = [LoadLimitException.Fault(limit, limits)], FaultCount = 1 };

    private static Proof Failure(string message) => new() { Faults = [new BundleFault("", "", message)], FaultCount = 1 };

    private static string FirstLine(BoundedOutput errors)
    {
        var line = Encoding.UTF8.GetString(errors.Bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return string.IsNullOrWhiteSpace(line) ? "" : $" It wrote: {(line.Length <= 300 ? line.Trim() : line[..300].Trim() + "…")}";
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended.
        }
    }
}
