namespace ModelApi.Storage;

/// <summary>Brings the schema up to date when the store is opened.</summary>
internal sealed class Migrator(IDialect dialect, IReadOnlyList<Migration> migrations, TimeProvider time)
{
    /// <returns>The names of the scripts that were applied.</returns>
    /// <exception cref="StoreUnavailableException">
    /// The database is newer than the program, or a script differs from the one that was applied. Nothing was changed.
    /// </exception>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        // The usual start: one query, no lock, and nothing of DbUp.
        if (await FindPendingAsync(cancellationToken) is [])
        {
            return [];
        }

        await using var migrating = await dialect.LockMigrationsAsync(cancellationToken);
        var pending = await FindPendingAsync(cancellationToken);
        if (pending.Count > 0)
        {
            await Task.Run(() => dialect.Apply(pending, time), cancellationToken);
        }

        return [.. pending.Select(script => script.Name)];
    }

    private async Task<List<Migration>> FindPendingAsync(CancellationToken cancellationToken)
    {
        var applied = await ReadAppliedAsync(cancellationToken);
        var pending = new List<Migration>();
        foreach (var script in migrations)
        {
            if (!applied.Remove(script.Name, out var checksum))
            {
                pending.Add(script);
            }
            else if (checksum != script.Checksum)
            {
                throw new StoreUnavailableException(
                    $"The script {script.Name} is not the one that made the store; use the program that made it, or a later one.");
            }
        }

        return applied.Count == 0
            ? pending
            : throw new StoreUnavailableException(
                $"The store was made by a later version of the program ({applied.Keys.Max(StringComparer.Ordinal)}); use that one.");
    }

    private async Task<Dictionary<string, string>> ReadAppliedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dialect.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = dialect.CountJournals;
        var applied = new Dictionary<string, string>();
        if (Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), null) == 0)
        {
            return applied;
        }

        command.CommandText = "select name, checksum from migrations";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetString(0), reader.GetString(1));
        }

        return applied;
    }
}
