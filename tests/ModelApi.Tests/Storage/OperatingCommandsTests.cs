using System.Diagnostics;
using System.Text.RegularExpressions;
using ModelApi.Hosting;
using ModelApi.Storage;
using ModelApi.Tests.Fixtures;
using Npgsql;

namespace ModelApi.Tests.Storage;

/// <summary>The commands of docs/operating.md do what the page says.</summary>
public sealed partial class OperatingCommandsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelapi-operating-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SqliteToolFact]
    public async Task A_SQLite_store_is_backed_up_while_it_is_open_and_restored()
    {
        var commands = await CommandsAsync("Back up and restore");
        string sha256;
        await using (var replica = Replica())
        {
            sha256 = await StoreCopyTests.FillAsync(replica);
            await RunAsync(commands[0]);
            await replica.ExecuteAsync("delete from models");
        }

        await RunAsync(commands[1]);

        await using var restored = Replica();
        Assert.Single(await restored.Deployments.ReadAllAsync(CancellationToken.None));
        Assert.True(File.Exists(await restored.Bundles.FetchAsync(sha256, CancellationToken.None)));
    }

    [PostgresFact]
    public async Task A_store_is_moved_to_PostgreSQL_backed_up_and_restored()
    {
        await using (var replica = Replica())
        {
            await StoreCopyTests.FillAsync(replica);
        }

        await using var postgres = await TestStore.CreateAsync(DatabaseKind.Postgres);
        var move = Regex.Match(
            Assert.Single(await CommandsAsync("From SQLite to PostgreSQL")), "^ModelApi (?<switch>[^ ]+) (?<setting>[^ ]+) \"[^\"]+\"$");

        Assert.Equal(0, await MoveStoreCommand.RunAsync(
        [
            move.Groups["switch"].Value, move.Groups["setting"].Value, postgres.Options.ConnectionString!,
            "--Storage:Folder", Path.Combine(_folder, "data"),
        ]));
        var commands = await CommandsAsync("Back up and restore");
        await RunAsync(commands[2], postgres);
        await postgres.Replica().ExecuteAsync("delete from models");
        await RunAsync(commands[3], postgres);

        var restored = postgres.Replica();
        var model = Assert.Single(await restored.Deployments.ReadAllAsync(CancellationToken.None));
        Assert.True(File.Exists(await restored.Bundles.FetchAsync(model.Versions[0].Digest!, CancellationToken.None)));
    }

    private TestReplica Replica() => new(new StorageOptions { Folder = Path.Combine(_folder, "data") }, Migration.ReadAll());

    /// <summary>The code blocks of a section.</summary>
    private static async Task<IReadOnlyList<string>> CommandsAsync(string heading)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operating.md"));
        var section = page.Split("\n### ").Single(part => part.StartsWith($"{heading}\n", StringComparison.Ordinal));
        return [.. Block().Matches(section).Select(match => match.Groups["commands"].Value.Trim())];
    }

    private async Task RunAsync(string commands, TestStore? postgres = null)
    {
        var start = new ProcessStartInfo("bash", ["-ec", commands])
        {
            WorkingDirectory = _folder,
            RedirectStandardError = true,
        };
        if (postgres is not null)
        {
            var settings = new NpgsqlConnectionStringBuilder(postgres.Options.ConnectionString);
            start.Environment["STORE"] = $"host={settings.Host} user={settings.Username} dbname={settings.Database}";
            start.Environment["PATH"] = $"{PostgresServer.ProgramFolder}:{start.Environment["PATH"]}";
        }

        using var shell = Process.Start(start)!;
        var errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, errors);
    }

    [GeneratedRegex(@"```bash\n(?<commands>.+?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
