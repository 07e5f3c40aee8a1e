using DbUp;
using DbUp.Builder;
using DbUp.Postgresql;
using Npgsql;

namespace ModelApi.Storage;

/// <summary>DbUp's part for PostgreSQL, apart so that it is loaded with it alone.</summary>
internal static class PostgresMigrations
{
    public static UpgradeEngineBuilder To(NpgsqlDataSource source) =>
        DeployChanges.To.PostgresqlDatabase(new PostgresqlConnectionManager(source));
}
