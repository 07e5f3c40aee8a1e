using Npgsql;

namespace ModelApi.Storage;

/// <summary>An advisory lock of PostgreSQL. It ends with its connection, and so with the process.</summary>
internal sealed class PostgresLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly long _key;
    private readonly string _suffix;

    private PostgresLock(NpgsqlConnection connection, long key, string suffix) => (_connection, _key, _suffix) = (connection, key, suffix);

    /// <summary>Takes the lock, waiting for its holders for as long as a command may take.</summary>
    public static async Task<PostgresLock> TakeAsync(
        NpgsqlDataSource source, long key, bool isShared, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var taken = new PostgresLock(connection, key, isShared ? "_shared" : "");
            await taken.CallAsync("pg_advisory_lock", cancellationToken);
            return taken;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <returns>Null while somebody else holds it.</returns>
    public static async Task<PostgresLock?> TryTakeAsync(NpgsqlDataSource source, long key, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        var taken = new PostgresLock(connection, key, "");
        try
        {
            if (await taken.CallAsync("pg_try_advisory_lock", cancellationToken) is true)
            {
                return taken;
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // The pool keeps the session, and the session the lock.
            await CallAsync("pg_advisory_unlock", CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The connection has ended, and the lock with it.
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task<object?> CallAsync(string function, CancellationToken cancellationToken)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = $"select {function}{_suffix}({_key})";
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
