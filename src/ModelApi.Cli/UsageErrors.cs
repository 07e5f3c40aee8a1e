using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using ModelApi.Inference.Signatures;

namespace ModelApi.Cli;

/// <summary>Finds what is wrong with a command line, and names the option or command that was probably meant.</summary>
internal static partial class UsageErrors
{
    /// <summary>The errors, a sentence each; none for a valid command line or a request for help.</summary>
    public static IReadOnlyList<string> Find(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.Action is not ParseErrorAction && parsed.Action != command.Action)
        {
            return [];
        }

        // What follows an unknown option or command belongs to it, so it would only be a second error about the first.
        string[] unknown = [.. OptionsAmongValues(parsed).Concat(parsed.UnmatchedTokens.Where(token => token.StartsWith('-'))).Distinct()];
        if (unknown.Length == 0)
        {
            unknown = [.. command is RootCommand ? parsed.UnmatchedTokens.Take(1) : parsed.UnmatchedTokens];
        }

        return unknown.Length > 0
            ? [.. unknown.Select(token => Unknown(token, parsed.CommandResult))]
            : [.. parsed.Errors.Select(error => Sentence(error.Message)).Where(message => message.Length > 0)];
    }

    /// <summary>Writes the errors to standard error; of a command without arguments the help as well.</summary>
    public static int Report(ParseResult parsed, IReadOnlyList<string> errors)
    {
        var command = parsed.CommandResult.Command;
        var name = command is RootCommand ? "modelapi" : $"modelapi {command.Name}";
        var isBare = parsed.Tokens.All(token => token.Type == TokenType.Command);
        if (!isBare || command is not RootCommand)
        {
            Console.Error.WriteLine(string.Join(Environment.NewLine, errors));
        }

        if (isBare)
        {
            string[] path = command is RootCommand ? ["--help"] : [command.Name, "--help"];
            parsed.RootCommandResult.Command.Parse(path).Invoke(new InvocationConfiguration { Output = Console.Error });
        }
        else
        {
            Console.Error.WriteLine($"'{name} --help' lists the arguments and options.");
        }

        return ExitCodes.Usage;
    }

    // The parser takes an unknown option for an argument, or for the value of the option before it.
    private static IEnumerable<string> OptionsAmongValues(ParseResult parsed)
    {
        var literal = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value).ToHashSet();
        var results = parsed.CommandResult.Children;
        return results.OfType<ArgumentResult>().SelectMany(result => result.Tokens).Where(token => token.Value is ['-', _, ..])
            .Concat(results.OfType<OptionResult>().SelectMany(result => result.Tokens).Where(token => token.Value is ['-', '-', _, ..]))
            .Select(token => token.Value)
            .Where(value => !literal.Contains(value));
    }

    private static string Unknown(string token, CommandResult result)
    {
        var command = result.Command;
        var name = command is RootCommand ? "modelapi" : $"modelapi {command.Name}";
        var isOption = token.StartsWith('-');
        if (!isOption && command.Subcommands.Count == 0)
        {
            return $"'{token}' is one argument too many for '{name}'.";
        }

        var candidates = isOption
            ? command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)).Append("--help")
            : command.Subcommands.Select(subcommand => subcommand.Name);
        var meant = NearestName.Find(token.Split('=', ':')[0], candidates);
        var fault = $"'{token}' is not {(isOption ? "an option" : "a command")} of '{name}'";
        return meant is null ? $"{fault}." : $"{fault}; did you mean '{meant}'?";
    }

    // The parser lists allowed values on lines of their own, and names types of .NET.
    private static string Sentence(string message) => NotOfType().Match(message) is { Success: true } match
        ? $"{match.Groups[2].Value} {match.Groups[1].Value}: must be a "
            + $"{(match.Groups[3].Value.Contains("Int") ? "whole number" : "number")}."
        : string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    [GeneratedRegex("^Cannot parse argument '(.*)' for option '(.*)' as expected type '(.*(?:Int32|Int64|Double).*)'")]
    private static partial Regex NotOfType();
}
