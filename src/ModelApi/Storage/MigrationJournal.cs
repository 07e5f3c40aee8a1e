using System.Data;
using DbUp.Engine;

namespace ModelApi.Storage;

/// <summary>The table of applied scripts, with their checksums: DbUp's own has none, and does not notice an edited script.</summary>
internal sealed class MigrationJournal(IReadOnlyList<Migration> scripts, TimeProvider time) : IJournal
{
    // Migrator hands over only what has not been applied.
    public string[] GetExecutedScripts() => [];

    public void EnsureTableExistsAndIsLatestVersion(Func<IDbCommand> dbCommandFactory)
    {
        using var command = dbCommandFactory();
        command.CommandText =
            "create table if not exists migrations (name text primary key, checksum text not null, applied_at text not null)";
        command.ExecuteNonQuery();
    }

    public void StoreExecutedScript(SqlScript script, Func<IDbCommand> dbCommandFactory)
    {
        using var command = dbCommandFactory();
        command.CommandText = "insert into migrations (name, checksum, applied_at) values (@name, @checksum, @at)";
        Add(command, "name", script.Name);
        Add(command, "checksum", scripts.Single(known => known.Name == script.Name).Checksum);
        Add(command, "at", Timestamps.ToText(time.GetUtcNow()));
        command.ExecuteNonQuery();
    }

    private static void Add(IDbCommand command, string name, string value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
