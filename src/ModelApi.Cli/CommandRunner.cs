using System.CommandLine;
using System.Runtime.InteropServices;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Files;
using ModelApi.Inference.Packing;
using Spectre.Console;

namespace ModelApi.Cli;

/// <summary>Runs a command's action and tells what stops it in one line, not with a stack trace.</summary>
internal static class CommandRunner
{
    /// <summary>For people: progress, tables of results and faults. Standard output is left to results.</summary>
    public static IAnsiConsole Console { get; } = Create(System.Console.Error, System.Console.IsErrorRedirected);

    /// <summary>A console that gives people colours and lines that fit, and scripts plain text in whole lines.</summary>
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
            // Ctrl-C and SIGTERM are seen to; a terminal that is closed must not end a command half-way either.
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
            catch (Exception exception) when (exception is CommandException or RowFileException or PackException or IOException or UnauthorizedAccessException)
            {
                Console.MarkupLineInterpolated($"[red]{exception.Message}[/]");
                return ExitCodes.Failed;
            }
        });
}

/// <summary>Why a command cannot be carried out, in a sentence that says what to do.</summary>
internal sealed class CommandException(string message) : Exception(message);
