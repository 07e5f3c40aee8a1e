namespace ModelApi.Cli;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCodes
{
    /// <summary>Everything was done.</summary>
    public const int Success = 0;

    /// <summary>The input has faults: a bundle that a server would refuse, rows that were rejected.</summary>
    public const int Faults = 1;

    /// <summary>The command could not be carried out: a missing file, a full disk, an output that exists.</summary>
    public const int Failed = 2;

    /// <summary>The command line is wrong; <c>EX_USAGE</c> of BSD's <c>sysexits.h</c>.</summary>
    public const int Usage = 64;

    /// <summary>Stopped by Ctrl-C, SIGTERM or SIGHUP: 128 and the number of SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;

    /// <summary>The list for the help.</summary>
    public const string Notes = """
        Exit codes:
          0    success
          1    faults were found: a bundle that a server would refuse, rows that were rejected
          2    the command failed: a missing file, a full disk, an output that exists
          64   the command line is wrong; nothing was done
          130  stopped by Ctrl-C, SIGTERM or a closed terminal
        """;
}
