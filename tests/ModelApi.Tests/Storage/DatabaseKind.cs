namespace ModelApi.Tests.Storage;

/// <summary>A database that the store is tested on.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}
