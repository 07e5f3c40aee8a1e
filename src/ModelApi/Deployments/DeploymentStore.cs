using System.Data.Common;
using Dapper;
using ModelApi.Audit;
using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>The tables <c>models</c>, <c>versions</c>, <c>aliases</c> and <c>history</c>.</summary>
internal sealed class DeploymentStore(Database database, ChangeFeed feed, IAuditLog audit, TimeProvider time) : IDeploymentStore
{
    private const string Topic = "deployments";

    public async Task<IReadOnlyList<ModelRecord>> ReadAllAsync(CancellationToken cancellationToken) =>
        database.MayHoldData
            ? await database.ReadAsync((transaction, stop) => DeploymentRows.ReadAsync(transaction, model: null, stop), cancellationToken)
            : [];

    public async Task<ModelRecord?> FindAsync(string model, CancellationToken cancellationToken) =>
        database.MayHoldData
            ? (await database.ReadAsync((transaction, stop) => DeploymentRows.ReadAsync(transaction, model, stop), cancellationToken))
                .SingleOrDefault()
            : null;

    public Task<ModelRecord> SaveAsync(ModelRecord record, Change change, CancellationToken cancellationToken) =>
        database.ChangeAsync(
            async (transaction, stop) =>
            {
                // First of all: from here on, no other change is between reading and saving.
                var saved = record with { Revision = await feed.AnnounceAsync(transaction, Topic, stop) };
                if (!await DeploymentRows.WriteAsync(transaction, saved, record.Revision, stop))
                {
                    throw new ChangedMeanwhileException(record.Name);
                }

                await RecordAsync(transaction, record.Name, change, stop);
                return saved;
            },
            cancellationToken);

    public Task DeleteAsync(string model, long revision, Change change, CancellationToken cancellationToken) =>
        database.ChangeAsync(
            async (transaction, stop) =>
            {
                await feed.AnnounceAsync(transaction, Topic, stop);
                var deleted = await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                    "delete from models where name = @model and revision = @revision", new { model, revision }, transaction,
                    cancellationToken: stop));
                if (deleted == 0)
                {
                    throw new ChangedMeanwhileException(model);
                }

                await RecordAsync(transaction, model, change, stop);
                return deleted;
            },
            cancellationToken);

    public async Task<IReadOnlyList<HistoryEntry>> ReadHistoryAsync(
        string model, int limit, long? before, CancellationToken cancellationToken) =>
        database.MayHoldData
            ? await database.ReadAsync(
                (transaction, stop) => DeploymentHistory.ReadAsync(transaction, model, limit, before ?? long.MaxValue, stop),
                cancellationToken)
            : [];

    public Task<bool> SaveRolloutStateAsync(string model, long revision, string json, CancellationToken cancellationToken) =>
        database.ChangeAsync(
            async (transaction, stop) => await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "update models set rollout_state = @json where name = @model and revision = @revision and rollout is not null",
                new { model, revision, json }, transaction, cancellationToken: stop)) > 0,
            cancellationToken);

    public async Task<IReadOnlySet<string>> ReadDigestsAsync(CancellationToken cancellationToken) =>
        database.MayHoldData
            ? await database.ReadAsync(
                async (transaction, stop) => (await transaction.Connection!.QueryAsync<string>(new CommandDefinition(
                    "select distinct digest from versions where digest is not null", transaction: transaction,
                    cancellationToken: stop))).ToHashSet(),
                cancellationToken)
            : new HashSet<string>();

    public IAsyncEnumerable<long> WatchAsync(CancellationToken cancellationToken) => feed.WatchAsync(Topic, cancellationToken);

    private async Task RecordAsync(DbTransaction transaction, string model, Change change, CancellationToken cancellationToken)
    {
        await DeploymentHistory.AppendAsync(transaction, model, change, time.GetUtcNow(), cancellationToken);
        await audit.AppendAsync(
            transaction,
            new AuditEntry(change.User, change.Action, model, change.Version, change.DetailJson, change.TraceId),
            cancellationToken);
    }
}
