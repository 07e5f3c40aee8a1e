namespace ModelApi.Cli;

/// <summary>Arguments that exclude each other; found before anything is done.</summary>
internal sealed class UsageException(string message) : Exception(message);
