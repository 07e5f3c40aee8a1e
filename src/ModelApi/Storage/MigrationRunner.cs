using System.Runtime.ExceptionServices;
using DbUp.Builder;
using DbUp.Engine;

namespace ModelApi.Storage;

/// <summary>Applies scripts with DbUp, which is loaded only for that.</summary>
internal static class MigrationRunner
{
    /// <summary>Applies each script in a transaction of its own, together with its line in the journal.</summary>
    public static void Run(
        UpgradeEngineBuilder builder, IReadOnlyList<Migration> scripts, IReadOnlyDictionary<string, string> variables, TimeProvider time)
    {
        var result = builder
            .WithScripts(scripts.Select(script => new SqlScript(script.Name, script.Sql)))
            .WithVariables(variables.ToDictionary())
            .WithTransactionPerScript()
            .JournalTo(new MigrationJournal(scripts, time))
            .LogToNowhere()
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
        {
            ExceptionDispatchInfo.Throw(result.Error);
        }
    }
}
