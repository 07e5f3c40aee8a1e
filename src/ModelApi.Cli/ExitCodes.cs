namespace ModelApi.Cli;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCodes
{
    /// <summary>Everything was done.</summary>
    public const int Success = 0;

    /// <summary>The input has faults: a bundle that a server refuses, rows that were rejected, a version that was withdrawn.</summary>
    public const int Faults = 1;

    /// <summary>The command could not be carried out: a missing file, a full disk, a server that is away or knows no such key.</summary>
    public const int Failed = 2;

    /// <summary>The server refuses the change as things stand: clients would break, or somebody was faster.</summary>
    public const int Conflict = 3;

    /// <summary>What was waited for had not come about in time.</summary>
    public const int TimedOut = 4;

    /// <summary>The command line is wrong; <c>EX_USAGE</c> of BSD's <c>sysexits.h</c>.</summary>
    public const int Usage = 64;

    /// <summary>Stopped by Ctrl-C, SIGTERM or SIGHUP: 128 and the number of SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;

    /// <summary>The list for the help.</summary>
    public const string Notes = """
        Exit codes:
          0    success
          1    faults were found: a bundle that a server refuses, rows that were rejected, a withdrawn version
          2    the command failed: a missing file, a full disk, a server that is away or refuses the token
          3    the server refuses the change as things stand: clients would break, or somebody was faster
          4    what was waited for had not come about in time
          64   the command line is wrong; nothing was done
          130  stopped by Ctrl-C, SIGTERM or a closed terminal
        """;
}
