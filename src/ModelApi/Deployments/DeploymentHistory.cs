using System.Data.Common;
using Dapper;
using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>Reads and writes the table <c>history</c>.</summary>
internal static class DeploymentHistory
{
    public static Task AppendAsync(
        DbTransaction transaction, string model, Change change, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            """
            insert into history (at, user_name, model, action, version, previous_version, detail, trace_id)
            values (@at, @User, @model, @Action, @Version, @Before, @DetailJson, @TraceId)
            """,
            new
            {
                at = Timestamps.ToText(now),
                model,
                change.User,
                change.Action,
                change.Version,
                change.Before,
                change.DetailJson,
                change.TraceId,
            },
            transaction,
            cancellationToken: cancellationToken));

    public static async Task<IReadOnlyList<HistoryEntry>> ReadAsync(
        DbTransaction transaction, string model, int limit, long before, CancellationToken cancellationToken)
    {
        var rows = await transaction.Connection!.QueryAsync<Row>(new CommandDefinition(
            """
            select id, at, user_name as "user", action, version, previous_version as before, detail as detailjson, trace_id as traceid
            from history where model = @model and id < @before order by id desc limit @limit
            """,
            new { model, before, limit },
            transaction,
            cancellationToken: cancellationToken));
        return
        [
            .. rows.Select(row => new HistoryEntry(
                row.Id, Timestamps.FromText(row.At), row.User, row.Action, row.Version, row.Before, row.DetailJson, row.TraceId)),
        ];
    }

    // Settable, because SQLite has fewer types than a constructor names.
    private sealed class Row
    {
        public long Id { get; set; }

        public string At { get; set; } = "";

        public string User { get; set; } = "";

        public string Action { get; set; } = "";

        public string? Version { get; set; }

        public string? Before { get; set; }

        public string? DetailJson { get; set; }

        public string? TraceId { get; set; }
    }
}
