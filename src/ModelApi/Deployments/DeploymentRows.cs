using System.Data.Common;
using Dapper;
using ModelApi.Inference.Registry;
using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>Reads and writes the tables <c>models</c>, <c>versions</c> and <c>aliases</c>.</summary>
internal static class DeploymentRows
{
    /// <summary>Reads one model, or all.</summary>
    public static async Task<IReadOnlyList<ModelRecord>> ReadAsync(
        DbTransaction transaction, string? model, CancellationToken cancellationToken)
    {
        var models = await QueryAsync<ModelRow>(
            "select name, revision, is_disabled as isdisabled, is_staged as isstaged, rollout, rollout_state as rolloutstate from models",
            "name");
        var versions = (await QueryAsync<VersionRow>(
            """
            select model, version, origin, digest, format, bytes, stage, is_disabled as isdisabled, is_deleted as isdeleted,
                created_at as createdat, created_by as createdby
            from versions
            """,
            "model")).ToLookup(version => version.Model, version => version.ToRecord());
        var aliases = (await QueryAsync<AliasRow>("select model, alias, version from aliases", "model")).ToLookup(alias => alias.Model);
        return
        [
            .. models.OrderBy(row => row.Name, StringComparer.Ordinal).Select(row => new ModelRecord(
                row.Name, row.Revision, row.IsDisabled, row.IsStaged, row.Rollout, row.RolloutState,
                [.. versions[row.Name].OrderBy(version => version.Version, StringComparer.Ordinal)],
                aliases[row.Name].ToDictionary(alias => alias.Alias, alias => alias.Version, StringComparer.Ordinal))),
        ];

        Task<IEnumerable<T>> QueryAsync<T>(string sql, string key) => transaction.Connection!.QueryAsync<T>(new CommandDefinition(
            model is null ? sql : $"{sql} where {key} = @model", new { model }, transaction, cancellationToken: cancellationToken));
    }

    /// <summary>Writes the whole of a model.</summary>
    /// <param name="transaction">The change.</param>
    /// <param name="record">The new state, with its new revision.</param>
    /// <param name="revision">The revision that the model must have; 0 for none.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>Whether the model had that revision.</returns>
    public static async Task<bool> WriteAsync(
        DbTransaction transaction, ModelRecord record, long revision, CancellationToken cancellationToken)
    {
        // The state of a rollout belongs to one rollout: it begins anew with another one.
        var written = await ExecuteAsync(
            revision == 0
                ? """
                  insert into models (name, revision, is_disabled, is_staged, rollout)
                  values (@Name, @Revision, @IsDisabled, @IsStaged, @RolloutJson)
                  on conflict (name) do nothing
                  """
                : """
                  update models set revision = @Revision, is_disabled = @IsDisabled, is_staged = @IsStaged,
                      rollout_state = case when rollout = @RolloutJson then rollout_state end, rollout = @RolloutJson
                  where name = @Name and revision = @Read
                  """,
            new { record.Name, record.Revision, record.IsDisabled, record.IsStaged, record.RolloutJson, Read = revision });
        if (written == 0)
        {
            return false;
        }

        await ExecuteAsync("delete from versions where model = @Name", new { record.Name });
        await ExecuteAsync(
            """
            insert into versions (
                model, version, origin, digest, format, bytes, stage, is_disabled, is_deleted, created_at, created_by)
            values (@Model, @Version, @Origin, @Digest, @Format, @Bytes, @Stage, @IsDisabled, @IsDeleted, @CreatedAt, @CreatedBy)
            """,
            record.Versions.Select(version => VersionRow.Of(record.Name, version)));
        await ExecuteAsync("delete from aliases where model = @Name", new { record.Name });
        await ExecuteAsync(
            "insert into aliases (model, alias, version) values (@Model, @Alias, @Version)",
            record.Aliases.Select(alias => new AliasRow { Model = record.Name, Alias = alias.Key, Version = alias.Value }));
        return true;

        Task<int> ExecuteAsync(string sql, object parameters) => transaction.Connection!.ExecuteAsync(
            new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
    }

    // Settable, because SQLite has fewer types than a constructor names.
    private sealed class ModelRow
    {
        public string Name { get; set; } = "";

        public long Revision { get; set; }

        public bool IsDisabled { get; set; }

        public bool IsStaged { get; set; }

        public string? Rollout { get; set; }

        public string? RolloutState { get; set; }
    }

    private sealed class AliasRow
    {
        public string Model { get; set; } = "";

        public string Alias { get; set; } = "";

        public string Version { get; set; } = "";
    }

    private sealed class VersionRow
    {
        public string Model { get; set; } = "";

        public string Version { get; set; } = "";

        public string Origin { get; set; } = "";

        public string? Digest { get; set; }

        public string? Format { get; set; }

        public long Bytes { get; set; }

        public string Stage { get; set; } = "";

        public bool IsDisabled { get; set; }

        public bool IsDeleted { get; set; }

        public string CreatedAt { get; set; } = "";

        public string? CreatedBy { get; set; }

        public static VersionRow Of(string model, VersionRecord version) => new()
        {
            Model = model,
            Version = version.Version,
            Origin = version.Origin.ToString(),
            Digest = version.Digest,
            Format = version.Format,
            Bytes = version.Bytes,
            Stage = version.Stage.ToString(),
            IsDisabled = version.IsDisabled,
            IsDeleted = version.IsDeleted,
            CreatedAt = Timestamps.ToText(version.Created),
            CreatedBy = version.CreatedBy,
        };

        public VersionRecord ToRecord() => new(
            Version, Enum.Parse<VersionOrigin>(Origin), Digest, Format, Bytes, Enum.Parse<Stage>(Stage), IsDisabled, IsDeleted,
            Timestamps.FromText(CreatedAt), CreatedBy);
    }
}
