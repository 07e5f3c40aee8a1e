namespace ModelApi.Cli;

/// <summary>What scripts can tell from the exit code.</summary>
internal static class ExitCodes
{
    /// <summary>Everything was done.</summary>
    public const int Success = 0;

    /// <summary>The input has faults: a bundle that cannot be served, rows that were rejected.</summary>
    public const int Faults = 1;

    /// <summary>The command could not be carried out: a file that is missing, a disk that is full.</summary>
    public const int Failed = 2;

    /// <summary>Stopped with Ctrl-C, SIGTERM or SIGHUP.</summary>
    public const int Cancelled = 130;
}
