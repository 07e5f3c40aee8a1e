using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using ModelApi.Deployments;
using ModelApi.Inference.Registry;
using ModelApi.Storage;

namespace ModelApi.Tests.Storage;

public sealed class StoreCopyTests
{
    private static readonly Change Promotion = new("pedro1", "promote", "2", "1", """{"force":true}""", TraceId: null);

    [PostgresFact]
    public async Task A_store_moves_from_SQLite_to_PostgreSQL_with_all_that_it_holds()
    {
        await using var sqlite = await TestStore.CreateAsync(DatabaseKind.Sqlite);
        await using var postgres = await TestStore.CreateAsync(DatabaseKind.Postgres);
        var (before, after) = (sqlite.Replica(), postgres.Replica());
        var sha256 = await FillAsync(before);
        var models = await before.Deployments.ReadAllAsync(CancellationToken.None);
        var history = await before.Deployments.ReadHistoryAsync("bank", 10, null, CancellationToken.None);

        var rows = await MoveAsync(sqlite, postgres);

        Assert.Equal(2, rows["history"]);
        Assert.Equivalent(models, await after.Deployments.ReadAllAsync(CancellationToken.None), strict: true);
        Assert.Equal(history, await after.Deployments.ReadHistoryAsync("bank", 10, null, CancellationToken.None));
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(await after.Bundles.FetchAsync(sha256, CancellationToken.None)));
        var later = await after.Deployments.SaveAsync(models[0] with { IsDisabled = true }, Promotion, CancellationToken.None);
        Assert.True(later.Revision > models[0].Revision);
        Assert.True((await after.Deployments.ReadHistoryAsync("bank", 1, null, CancellationToken.None))[0].Id > history[0].Id);
    }

    [PostgresFact]
    public async Task A_database_that_holds_something_is_left_alone()
    {
        await using var sqlite = await TestStore.CreateAsync(DatabaseKind.Sqlite);
        await using var postgres = await TestStore.CreateAsync(DatabaseKind.Postgres);
        await FillAsync(sqlite.Replica());
        await postgres.Replica().Deployments.SaveAsync(ModelRecord.New("other"), Promotion, CancellationToken.None);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => MoveAsync(sqlite, postgres));

        Assert.Contains("is not empty", exception.Message, StringComparison.Ordinal);
        Assert.Equal("other", Assert.Single(await postgres.Replica().Deployments.ReadAllAsync(CancellationToken.None)).Name);
    }

    [PostgresFact]
    public async Task A_folder_without_a_store_is_told()
    {
        await using var sqlite = await TestStore.CreateAsync(DatabaseKind.Sqlite);
        await using var postgres = await TestStore.CreateAsync(DatabaseKind.Postgres);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => MoveAsync(sqlite, postgres));

        Assert.Contains("There is no store", exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(sqlite.Root));
    }

    /// <summary>Two changes of a model with an uploaded version.</summary>
    /// <returns>The digest of its archive: the bytes 1, 2 and 3.</returns>
    internal static async Task<string> FillAsync(TestReplica replica)
    {
        byte[] content = [1, 2, 3];
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        var file = Path.Combine(replica.Bundles.IncomingFolder, "a.part");
        await File.WriteAllBytesAsync(file, content);
        await replica.Bundles.SaveAsync(file, sha256, CancellationToken.None);
        var model = ModelRecord.New("bank") with
        {
            IsStaged = true,
            Versions =
            [
                new VersionRecord(
                    "2", VersionOrigin.Upload, sha256, "zip", 3, Stage.Production, IsDisabled: false, IsDeleted: false,
                    new DateTimeOffset(2026, 11, 28, 1, 2, 3, TimeSpan.Zero), "pedro1"),
            ],
            Aliases = new Dictionary<string, string> { ["champion"] = "2" },
        };
        var saved = await replica.Deployments.SaveAsync(model, Promotion, CancellationToken.None);
        await replica.Deployments.SaveAsync(saved, Promotion, CancellationToken.None);
        return sha256;
    }

    private static Task<IReadOnlyDictionary<string, int>> MoveAsync(TestStore from, TestStore to) => new StoreMove(
        from.Options with { ConnectionString = to.Options.ConnectionString }, TimeProvider.System, NullLoggerFactory.Instance)
        .RunAsync(CancellationToken.None);
}
