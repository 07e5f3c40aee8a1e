namespace ModelApi.Tests.Storage;

/// <summary>A fact about PostgreSQL; skipped on a machine without it, but not in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() =>
        Skip = DatabasesAttribute.HasPostgres ? null : "This machine lacks PostgreSQL (postgresql); the store is tested on SQLite alone.";
}
