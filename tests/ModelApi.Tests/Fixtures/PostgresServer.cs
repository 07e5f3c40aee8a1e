using System.Diagnostics;
using System.Globalization;

namespace ModelApi.Tests.Fixtures;

/// <summary>A PostgreSQL server of its own, in a folder that goes with it, also when the tests are killed.</summary>
/// <remarks>PostgreSQL refuses to run as root, so that root starts it as the user whom Debian's package makes.</remarks>
internal sealed class PostgresServer : IAsyncDisposable
{
    // It ends with its standard input, which ends with the tests.
    private const string Script = """
        set -u
        PATH=$1:$PATH
        folder=$(mktemp -d)
        trap 'pg_ctl -D "$folder/data" -m immediate stop >"$folder/log" 2>&1; rm -rf "$folder"' EXIT
        start() { pg_ctl -D "$folder/data" -w -l "$folder/log" -o "-k '$folder' -c listen_addresses= -c fsync=off" start >>"$folder/log" 2>&1; }
        initdb -D "$folder/data" -A trust -U modelapi -E UTF8 --locale=C --no-sync >"$folder/log" 2>&1 && start \
          && echo "$folder" || { cat "$folder/log"; exit 1; }
        while read -r command; do
          case $command in
            start) start ;;
            stop) pg_ctl -D "$folder/data" -m fast -w stop >>"$folder/log" 2>&1 ;;
          esac && echo done || cat "$folder/log"
        done
        """;

    private static readonly string? Programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql")
            .Select(folder => Path.Combine(folder, "bin"))
            .Where(folder => File.Exists(Path.Combine(folder, "initdb")))
            .Order(StringComparer.Ordinal)
            .LastOrDefault()
        : null;

    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);

    private static int _databases;

    private readonly Process _process;

    private PostgresServer(Process process, string folder) => (_process, Folder) = (process, folder);

    /// <summary>Whether this machine has PostgreSQL.</summary>
    public static bool IsInstalled => Programs is not null;

    /// <summary>The folder of its socket.</summary>
    public string Folder { get; }

    /// <summary>The folder of <c>pg_dump</c> and its like.</summary>
    public static string ProgramFolder => Programs!;

    /// <summary>The server that all tests share which do not stop it.</summary>
    public static Task<PostgresServer> GetAsync() => Shared.Value;

    public static async Task<PostgresServer> StartAsync()
    {
        Assert.True(IsInstalled, "PostgreSQL is not installed: apt-get install postgresql");
        var isRoot = Environment.UserName == "root";
        string[] shell = ["sh", "-c", Script, "sh", Programs!];
        var start = new ProcessStartInfo(
            isRoot ? "runuser" : shell[0], isRoot ? ["-u", "postgres", "--", .. shell] : shell[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        var process = Process.Start(start)!;
        var folder = await process.StandardOutput.ReadLineAsync();
        if (!Directory.Exists(folder))
        {
            Assert.Fail($"PostgreSQL did not start: {folder}\n{await process.StandardOutput.ReadToEndAsync()}");
        }

        return new PostgresServer(process, folder);
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await using var source = Npgsql.NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var command = source.CreateCommand($"create database {name}");
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public Task StopServerAsync() => TellAsync("stop");

    public Task StartServerAsync() => TellAsync("start");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string ConnectionString(string database) => $"Host={Folder};Username=modelapi;Database={database}";

    private async Task TellAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        Assert.Equal("done", await _process.StandardOutput.ReadLineAsync());
    }
}
