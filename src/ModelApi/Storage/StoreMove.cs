namespace ModelApi.Storage;

/// <summary>Moves a store from the SQLite file of the data folder to the PostgreSQL database of the settings, with its archives.</summary>
internal sealed class StoreMove(StorageOptions options, TimeProvider time, ILoggerFactory logs)
{
    /// <summary>Copies everything, all of it or nothing; the SQLite file stays as it is.</summary>
    /// <returns>Rows by table.</returns>
    /// <exception cref="InvalidOperationException">
    /// A setting is missing, there is no file, or the database holds something already.
    /// </exception>
    /// <exception cref="StoreUnavailableException">One of the two cannot be used.</exception>
    public async Task<IReadOnlyDictionary<string, int>> RunAsync(CancellationToken cancellationToken)
    {
        if (options is not { Root: { } root, ConnectionString: { } connectionString })
        {
            throw new InvalidOperationException(
                "Name both ends: Storage:Folder, the data folder with the SQLite file, and Storage:ConnectionString of PostgreSQL.");
        }

        var migrations = Migration.ReadAll();
        await using var source = new Database(new SqliteDialect(root), migrations, time, logs.CreateLogger<Database>());
        await using var target = new Database(new PostgresDialect(connectionString), migrations, time, logs.CreateLogger<Database>());
        await using var before = new BundleFiles(options with { ConnectionString = null }, source, time);
        await using var after = new BundleFiles(options, target, time);
        if (!source.MayHoldData)
        {
            throw new InvalidOperationException($"There is no store in the data folder {root}.");
        }

        await using var held = await after.HoldAsync(cancellationToken);
        return await StoreCopy.RunAsync(
            source,
            target,
            async stop =>
            {
                foreach (var sha256 in await before.ListAsync(stop))
                {
                    await after.SaveAsync(await before.FetchAsync(sha256, stop), sha256, stop);
                }
            },
            cancellationToken);
    }
}
