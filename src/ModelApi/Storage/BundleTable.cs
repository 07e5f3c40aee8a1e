using System.Data.Common;
using System.Security.Cryptography;
using Dapper;

namespace ModelApi.Storage;

/// <summary>Archives in the database, in parts of a megabyte, for replicas that share nothing else.</summary>
internal sealed class BundleTable(Database database, TimeProvider time) : IBundleStore
{
    private const int PartBytes = 1 << 20;

    public Task<IAsyncDisposable> HoldAsync(CancellationToken cancellationToken) =>
        RunAsync(() => Postgres.HoldBundlesAsync(cancellationToken), cancellationToken);

    public Task<IAsyncDisposable?> TryHoldAloneAsync(CancellationToken cancellationToken) =>
        RunAsync(() => Postgres.TryHoldBundlesAloneAsync(cancellationToken), cancellationToken);

    public Task SaveAsync(string file, string sha256, CancellationToken cancellationToken) => database.ChangeAsync(
        async (transaction, stop) =>
        {
            await using var content = new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            var isNew = await ExecuteAsync(
                transaction, "insert into bundles (digest, bytes, created_at) values (@sha256, @Length, @at) on conflict do nothing",
                new { sha256, content.Length, at = Timestamps.ToText(time.GetUtcNow()) }, stop) > 0;
            var buffer = new byte[PartBytes];
            for (var position = 0; isNew; position++)
            {
                var length = await content.ReadAtLeastAsync(buffer, PartBytes, throwOnEndOfStream: false, stop);
                if (length == 0)
                {
                    break;
                }

                await ExecuteAsync(
                    transaction, "insert into bundle_parts (digest, position, content) values (@sha256, @position, @part)",
                    new { sha256, position, part = length == PartBytes ? buffer : buffer[..length] }, stop);
            }

            return isNew;
        },
        cancellationToken);

    /// <summary>Writes an archive into a file.</summary>
    /// <exception cref="FileNotFoundException">It is not kept.</exception>
    /// <exception cref="InvalidDataException">It is not what was saved.</exception>
    public Task CopyToAsync(string file, string sha256, CancellationToken cancellationToken) => database.ReadAsync(
        async (transaction, stop) =>
        {
            await using var content = File.Create(file);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var position = 0;
            for (; ; position++)
            {
                var part = await transaction.Connection!.ExecuteScalarAsync<byte[]?>(new CommandDefinition(
                    "select content from bundle_parts where digest = @sha256 and position = @position", new { sha256, position },
                    transaction, cancellationToken: stop));
                if (part is null)
                {
                    break;
                }

                hash.AppendData(part);
                await content.WriteAsync(part, stop);
            }

            return position == 0 ? throw new FileNotFoundException("The store does not have the archive.")
                : Convert.ToHexStringLower(hash.GetCurrentHash()) != sha256
                    ? throw new InvalidDataException("The archive in the store is not the one that was saved; upload it again.")
                    : position;
        },
        cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<string>>(
        async (transaction, stop) =>
            [.. await transaction.Connection!.QueryAsync<string>(
                new CommandDefinition("select digest from bundles", transaction: transaction, cancellationToken: stop))],
        cancellationToken);

    public Task DeleteAsync(string sha256, CancellationToken cancellationToken) => database.ChangeAsync(
        (transaction, stop) => ExecuteAsync(transaction, "delete from bundles where digest = @sha256", new { sha256 }, stop),
        cancellationToken);

    private PostgresDialect Postgres => (PostgresDialect)database.Dialect;

    private static Task<int> ExecuteAsync(DbTransaction transaction, string sql, object parameters, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));

    private async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        // Opens the store where nobody has yet.
        await (await database.OpenAsync(cancellationToken)).DisposeAsync();
        try
        {
            return await work();
        }
        catch (Exception exception) when (database.Find(exception) is { } away)
        {
            throw away;
        }
    }
}
