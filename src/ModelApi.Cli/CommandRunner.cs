using System.CommandLine;
using ModelApi.Inference.Bundles;
using Spectre.Console;

namespace ModelApi.Cli;

/// <summary>Runs a command's action and tells what stops it in one line, not with a stack trace.</summary>
internal static class CommandRunner
{
    /// <summary>For people: progress, tables of results and faults. Standard output is left to results.</summary>
    public static IAnsiConsole Console { get; } = Create();

    private static IAnsiConsole Create()
    {
        var isTerminal = !System.Console.IsErrorRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(System.Console.Error),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        });
        if (!isTerminal)
        {
            // Scripts read whole lines.
            console.Profile.Width = int.MaxValue / 2;
        }

        return console;
    }

    public static void SetRunner(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await action(parsed, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
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
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CommandException)
            {
                Console.MarkupLineInterpolated($"[red]{exception.Message}[/]");
                return ExitCodes.Failed;
            }
        });
}

/// <summary>Why a command cannot be carried out, in a sentence that says what to do.</summary>
internal sealed class CommandException(string message) : Exception(message);
