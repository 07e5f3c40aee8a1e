using DbUp;
using DbUp.Builder;

namespace ModelApi.Storage;

/// <summary>DbUp's part for SQLite, apart so that it is loaded with it alone.</summary>
internal static class SqliteMigrations
{
    public static UpgradeEngineBuilder To(string connectionString) => DeployChanges.To.SqliteDatabase(connectionString);
}
