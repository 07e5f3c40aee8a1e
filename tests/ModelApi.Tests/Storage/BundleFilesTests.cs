using System.Security.Cryptography;
using ModelApi.Storage;

namespace ModelApi.Tests.Storage;

public sealed class BundleFilesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory, BundlePlaces]
    public async Task An_archive_comes_back_as_it_was_saved_also_on_another_server(BundlePlace place)
    {
        await using var store = await StartAsync(place);
        var (one, other) = (store.Replica().Bundles, store.Replica(isOnOtherMachine: place != BundlePlace.DataFolder).Bundles);
        var content = RandomNumberGenerator.GetBytes((5 << 20) + 1);
        var sha256 = await SaveAsync(one, content);

        Assert.Equal(content, await File.ReadAllBytesAsync(await one.FetchAsync(sha256, None)));
        Assert.Equal(content, await File.ReadAllBytesAsync(await other.FetchAsync(sha256, None)));
        Assert.Equal(await other.FetchAsync(sha256, None), await other.FetchAsync(sha256, None));
    }

    [Theory, BundlePlaces]
    public async Task What_is_saved_twice_is_kept_once(BundlePlace place)
    {
        await using var store = await StartAsync(place);
        var (one, other) = (store.Replica().Bundles, store.Replica().Bundles);

        var saved = await Task.WhenAll(SaveAsync(one, [1, 2, 3]), SaveAsync(other, [1, 2, 3]), SaveAsync(one, [1, 2, 3]));

        Assert.Single(saved.Distinct());
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(await other.FetchAsync(saved[0], None)));
    }

    [Theory, BundlePlaces]
    public async Task What_no_version_needs_is_collected(BundlePlace place)
    {
        await using var store = await StartAsync(place);
        var (one, other) = (store.Replica().Bundles, store.Replica(isOnOtherMachine: place == BundlePlace.Database).Bundles);
        var needed = await SaveAsync(one, [1]);
        var unneeded = await SaveAsync(one, [2]);
        await one.FetchAsync(unneeded, None);
        await other.FetchAsync(unneeded, None);

        Assert.True(await one.CollectAsync(Wanting(needed), None));
        Assert.True(await other.CollectAsync(Wanting(needed), None));

        Assert.True(File.Exists(await one.FetchAsync(needed, None)));
        await Assert.ThrowsAsync<FileNotFoundException>(() => one.FetchAsync(unneeded, None));
        await Assert.ThrowsAsync<FileNotFoundException>(() => other.FetchAsync(unneeded, None));
    }

    [Theory, BundlePlaces]
    public async Task Nothing_is_collected_between_an_archive_and_its_version(BundlePlace place)
    {
        await using var store = await StartAsync(place);
        var (one, other) = (store.Replica().Bundles, store.Replica().Bundles);
        var held = await one.HoldAsync(None);
        var sha256 = await SaveAsync(one, [1]);
        var wanted = new HashSet<string>();

        var collecting = other.CollectAsync(_ => Task.FromResult<IReadOnlySet<string>>(wanted), None);
        await Task.Delay(300);
        Assert.False(collecting.IsCompleted);
        wanted = [sha256];
        await held.DisposeAsync();

        Assert.True(await collecting);
        Assert.True(File.Exists(await one.FetchAsync(sha256, None)));
    }

    [Theory, BundlePlaces]
    public async Task What_an_ended_server_was_receiving_is_deleted_and_what_another_receives_is_not(BundlePlace place)
    {
        await using var store = await StartAsync(place);
        var (one, other) = (store.Replica().Bundles, store.Replica().Bundles);
        var receiving = Path.Combine(one.IncomingFolder, "a.part");
        await File.WriteAllTextAsync(receiving, "a");
        var ended = Directory.CreateDirectory(Path.Combine(one.IncomingFolder, "..", "ended"));
        await File.WriteAllTextAsync(Path.Combine(ended.FullName, ".lock"), "");
        await File.WriteAllTextAsync(Path.Combine(ended.FullName, "b.part"), "b");

        await other.CollectAsync(Wanting(), None);

        Assert.True(File.Exists(receiving));
        Assert.False(ended.Exists && Directory.Exists(ended.FullName));
    }

    [Fact]
    public async Task A_received_archive_is_moved_and_any_other_is_copied()
    {
        await using var store = await StartAsync(BundlePlace.DataFolder);
        var bundles = store.Replica().Bundles;
        var received = Path.Combine(bundles.IncomingFolder, "a.part");
        var other = Path.Combine(store.Root, "b");
        await File.WriteAllTextAsync(received, "a");
        await File.WriteAllTextAsync(other, "b");

        await bundles.SaveAsync(received, Digest("a"u8.ToArray()), None);
        await bundles.SaveAsync(other, Digest("b"u8.ToArray()), None);

        Assert.False(File.Exists(received));
        Assert.True(File.Exists(other));
        Assert.Empty(Directory.GetFiles(bundles.IncomingFolder, "*.part"));
    }

    [PostgresFact]
    public async Task An_archive_that_changed_in_the_database_is_refused()
    {
        await using var store = await StartAsync(BundlePlace.Database);
        var replica = store.Replica();
        var sha256 = await SaveAsync(replica.Bundles, [1, 2, 3]);
        await replica.ExecuteAsync("update bundle_parts set content = '\\x01'");

        await Assert.ThrowsAsync<InvalidDataException>(() => replica.Bundles.FetchAsync(sha256, None));

        Assert.Empty(Directory.GetFiles(replica.Bundles.IncomingFolder, "*.part"));
    }

    [Fact]
    public async Task Without_a_folder_there_is_a_reason()
    {
        await using var off = new TestReplica(new StorageOptions { Folder = null }, Migration.ReadAll());
        await using var unwritable = new TestReplica(
            new StorageOptions { Folder = Path.Combine(typeof(BundleFilesTests).Assembly.Location, "data") }, Migration.ReadAll());

        var exceptions = new[]
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => SaveAsync(off.Bundles, [1])),
            await Assert.ThrowsAsync<StoreUnavailableException>(() => SaveAsync(unwritable.Bundles, [1])),
        };

        Assert.Contains("Storage:Folder is empty", exceptions[0].Message, StringComparison.Ordinal);
        Assert.Equal("The folder of the bundles cannot be written or read.", exceptions[1].Message);
    }

    private static async Task<TestStore> StartAsync(BundlePlace place) => place switch
    {
        BundlePlace.Database => await TestStore.CreateAsync(DatabaseKind.Postgres),
        BundlePlace.SharedFolder => await TestStore.CreateAsync(DatabaseKind.Sqlite, hasSharedFolder: true),
        _ => await TestStore.CreateAsync(DatabaseKind.Sqlite),
    };

    private static async Task<string> SaveAsync(BundleFiles bundles, byte[] content)
    {
        var file = Path.Combine(bundles.IncomingFolder, $"{Guid.NewGuid():n}.part");
        await File.WriteAllBytesAsync(file, content);
        var sha256 = Digest(content);
        await bundles.SaveAsync(file, sha256, None);
        File.Delete(file);
        return sha256;
    }

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static Func<CancellationToken, Task<IReadOnlySet<string>>> Wanting(params string[] digests) =>
        _ => Task.FromResult<IReadOnlySet<string>>(digests.ToHashSet());
}
