using System.Data.Common;
using System.Globalization;
using Dapper;

namespace ModelApi.Storage;

/// <summary>Copies all that a SQLite file holds into an empty PostgreSQL database.</summary>
internal static class StoreCopy
{
    private const string ListTables = """
        select name from sqlite_master
        where type = 'table' and name not like 'sqlite_%' and name not in ('migrations', 'bundles', 'bundle_parts')
        order by rowid
        """;

    /// <summary>Copies the rows of all tables, in one change. Nobody can change the source meanwhile.</summary>
    /// <param name="source">The SQLite file, up to date.</param>
    /// <param name="target">The PostgreSQL database.</param>
    /// <param name="keepBundlesAsync">Brings the archives over; before the rows that need them can be seen.</param>
    /// <param name="cancellationToken">Ends the work before it is done.</param>
    /// <returns>Rows by table.</returns>
    /// <exception cref="InvalidOperationException">The target holds something already.</exception>
    /// <exception cref="StoreUnavailableException">One of the two cannot be used.</exception>
    public static Task<IReadOnlyDictionary<string, int>> RunAsync(
        Database source, Database target, Func<CancellationToken, Task> keepBundlesAsync, CancellationToken cancellationToken) =>
        source.ChangeAsync(
            async (from, stop) =>
            {
                await keepBundlesAsync(stop);
                return await target.ChangeAsync((to, end) => CopyAsync(from, to, end), stop);
            },
            cancellationToken);

    private static async Task<IReadOnlyDictionary<string, int>> CopyAsync(
        DbTransaction from, DbTransaction to, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, int>();
        foreach (var table in await from.Connection!.QueryAsync<string>(ListTables, transaction: from))
        {
            if (await to.Connection!.ExecuteScalarAsync<bool>($"select exists (select 1 from {table})", transaction: to))
            {
                throw new InvalidOperationException($"The database is not empty: its table {table} has rows. Nothing was copied.");
            }

            rows[table] = await CopyAsync(table, from, to, cancellationToken);
        }

        // What the database counts itself goes on from here.
        foreach (var (table, column) in await to.Connection!.QueryAsync<(string, string)>(
            "select table_name, column_name from information_schema.columns where is_identity = 'YES' and table_schema = current_schema()",
            transaction: to))
        {
            await to.Connection!.ExecuteAsync(
                $"select setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) from {table} having max({column}) > 0",
                transaction: to);
        }

        return rows;
    }

    private static async Task<int> CopyAsync(string table, DbTransaction from, DbTransaction to, CancellationToken cancellationToken)
    {
        var types = await TypesAsync(table, to, cancellationToken);
        await using var read = Command(from, $"select * from {table}");
        await using var write = Command(to, "");
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
        write.CommandText = $"insert into {table} ({string.Join(", ", names)}) overriding system value "
            + $"values ({string.Join(", ", names.Select(name => $"@{name}"))})";
        var count = 0;
        for (; await reader.ReadAsync(cancellationToken); count++)
        {
            write.Parameters.Clear();
            foreach (var name in names)
            {
                var parameter = write.CreateParameter();
                parameter.ParameterName = name;
                parameter.Value = reader[name] is var value && value is DBNull
                    ? value
                    : Convert.ChangeType(value, types[name], CultureInfo.InvariantCulture);
                write.Parameters.Add(parameter);
            }

            await write.ExecuteNonQueryAsync(cancellationToken);
        }

        return count;
    }

    // SQLite has fewer types: a truth is a number there.
    private static async Task<Dictionary<string, Type>> TypesAsync(string table, DbTransaction to, CancellationToken cancellationToken)
    {
        await using var command = Command(to, $"select * from {table} where false");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetFieldType);
    }

    private static DbCommand Command(DbTransaction transaction, string sql)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command;
    }
}
