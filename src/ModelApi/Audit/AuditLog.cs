using System.Data.Common;
using Dapper;
using ModelApi.Storage;

namespace ModelApi.Audit;

/// <summary>The table <c>audit</c>.</summary>
internal sealed class AuditLog(TimeProvider time) : IAuditLog
{
    public Task AppendAsync(DbTransaction transaction, AuditEntry entry, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            """
            insert into audit (at, user_name, action, model, version, detail, trace_id)
            values (@At, @User, @Action, @Model, @Version, @DetailJson, @TraceId)
            """,
            new
            {
                At = Timestamps.ToText(time.GetUtcNow()),
                entry.User,
                entry.Action,
                entry.Model,
                entry.Version,
                entry.DetailJson,
                entry.TraceId,
            },
            transaction,
            cancellationToken: cancellationToken));
}
