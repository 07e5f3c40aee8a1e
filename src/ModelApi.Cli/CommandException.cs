namespace ModelApi.Cli;

/// <summary>The reason why a command cannot be carried out, in a sentence that says what to do.</summary>
/// <param name="message">The reason; further lines may follow the first.</param>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
internal class CommandException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode => exitCode;
}
