namespace ModelApi.Tests.Storage;

/// <summary>A fact that needs the program <c>sqlite3</c>; skipped on a machine without it, but not in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SqliteToolFactAttribute : FactAttribute
{
    public SqliteToolFactAttribute()
    {
        var isInstalled = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "sqlite3")));
        Skip = isInstalled || Environment.GetEnvironmentVariable("CI") == "true" ? null : "This machine lacks sqlite3.";
    }
}
