using System.Data.Common;

namespace ModelApi.Audit;

/// <summary>What was done and by whom; lines are added and never changed.</summary>
internal interface IAuditLog
{
    /// <summary>Adds a line as a part of the change that it tells of: both are there, or neither.</summary>
    Task AppendAsync(DbTransaction transaction, AuditEntry entry, CancellationToken cancellationToken);
}
