namespace ModelApi.Cli;

/// <summary>The reason why a command cannot be carried out, in a sentence that says what to do.</summary>
internal sealed class CommandException(string message) : Exception(message);
