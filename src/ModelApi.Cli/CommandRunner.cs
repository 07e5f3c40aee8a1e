using System.CommandLine;
using System.Runtime.InteropServices;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Files;
using ModelApi.Inference.Packing;
using Spectre.Console;

namespace ModelApi.Cli;

/// <summary>Runs a command's action; a failure becomes one line and an exit code instead of a stack trace.</summary>
internal static class CommandRunner
{
    // With the value 1, an exception that nobody foresaw shows its stack.
    private const string DebugVariable = "MODELAPI_DEBUG";

    /// <summary>Standard error, for progress and messages. Standard output is left to results.</summary>
    public static IAnsiConsole Console { get; } = Create(System.Console.Error, System.Console.IsErrorRedirected);

    /// <summary>A console with colours and lines that fit on a terminal, and with plain unbroken lines elsewhere.</summary>
    public static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (isRedirected)
        {
            console.Profile.Width = int.MaxValue / 2;
        }

        return console;
    }

    public static void SetRunner(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // System.CommandLine handles Ctrl-C and SIGTERM, but only once the action has returned its task.
            await Task.Yield();

            // A closed terminal must not end a command half-way either.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            });
            try
            {
                return await action(parsed, stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                Console.MarkupLine("[yellow]Stopped.[/]");
                return ExitCodes.Cancelled;
            }
            catch (BundleException exception)
            {
                foreach (var fault in exception.Faults)
                {
                    Console.MarkupLineInterpolated($"[red]{fault.ToString()}[/]");
                }

                return ExitCodes.Faults;
            }
            catch (UsageException exception)
            {
                Console.MarkupLineInterpolated($"[red]{exception.Message}[/]");
                return ExitCodes.Usage;
            }
            catch (CommandException exception)
            {
                Console.MarkupLineInterpolated($"[red]{exception.Message}[/]");
                return exception.ExitCode;
            }
            catch (Exception exception) when (IsExpected(exception))
            {
                Console.MarkupLineInterpolated($"[red]{exception.Message}[/]");
                return ExitCodes.Failed;
            }
            catch (Exception exception) when (Environment.GetEnvironmentVariable(DebugVariable) is not "1")
            {
                var message = exception.Message.ReplaceLineEndings(" ");
                Console.MarkupLineInterpolated(
                    $"[red]{command.Name} failed in a way that nobody foresaw ({exception.GetType().Name}: {message}).[/]");
                Console.MarkupLineInterpolated($"{DebugVariable}=1 shows where; please report it with the files.");
                return ExitCodes.Failed;
            }
        });

    private static bool IsExpected(Exception exception) =>
        exception is RowFileException or PackException or IOException or UnauthorizedAccessException;
}
