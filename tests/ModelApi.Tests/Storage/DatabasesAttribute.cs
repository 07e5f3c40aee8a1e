using System.Reflection;
using ModelApi.Tests.Fixtures;
using Xunit.Sdk;

namespace ModelApi.Tests.Storage;

/// <summary>Runs a theory on each database.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DatabasesAttribute : DataAttribute
{
    /// <summary>CI has PostgreSQL: there a missing one fails the tests.</summary>
    public static bool HasPostgres => PostgresServer.IsInstalled || Environment.GetEnvironmentVariable("CI") == "true";

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        HasPostgres ? [[DatabaseKind.Sqlite], [DatabaseKind.Postgres]] : [[DatabaseKind.Sqlite]];
}
