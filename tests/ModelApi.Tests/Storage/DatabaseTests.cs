using ModelApi.Storage;

namespace ModelApi.Tests.Storage;

public sealed class DatabaseTests
{
    // A file in place of a folder, because root may write into every folder.
    private static readonly string NoFolder = Path.Combine(typeof(DatabaseTests).Assembly.Location, "data");

    [PostgresFact]
    public void The_store_is_tested_on_PostgreSQL_too() => Assert.True(DatabasesAttribute.HasPostgres);

    [Theory, Databases]
    public async Task The_first_opening_makes_the_schema(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var replica = store.Replica();

        Assert.Equal(0, await replica.ScalarAsync<long>("select count(*) from models"));

        Assert.Equal(Migration.ReadAll().Count, await replica.ScalarAsync<long>("select count(*) from migrations"));
        Assert.True(replica.Database.State.IsAvailable);
    }

    [Theory, Databases]
    public async Task Servers_that_open_an_empty_store_at_once_make_its_schema_once(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var replicas = Enumerable.Range(0, 4).Select(_ => store.Replica()).ToList();

        await Task.WhenAll(replicas.Select(replica => replica.ScalarAsync<long>("select count(*) from models")));

        Assert.Equal(Migration.ReadAll().Count, await replicas[0].ScalarAsync<long>("select count(*) from migrations"));
    }

    [Theory, Databases]
    public async Task A_later_server_adds_its_scripts_and_keeps_the_data(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.Replica(Migration.ReadAll()).AnnounceAsync("a");

        var later = store.Replica([.. Migration.ReadAll(), Migration.Of("9999-more.sql", "alter table feed add column note text;")]);

        Assert.Equal(1, await later.ScalarAsync<long>("select count(*) from feed where note is null"));
    }

    [Theory, Databases]
    public async Task A_store_of_a_later_server_is_told_and_not_changed(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.Replica([.. Migration.ReadAll(), Migration.Of("9999-more.sql", "create table more (id bigint);")]).AnnounceAsync("a");

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Replica().AnnounceAsync("a"));

        Assert.Contains("a later version of the program (9999-more.sql)", exception.Message, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task A_script_that_was_edited_after_it_was_applied_is_noticed(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.Replica().AnnounceAsync("a");
        var edited = Migration.ReadAll().Select(script => Migration.Of(script.Name, script.Sql + "\n-- more")).ToList();

        var replica = store.Replica(edited);
        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => replica.AnnounceAsync("a"));

        Assert.Contains("0001-feed.sql is not the one that made the store", exception.Message, StringComparison.Ordinal);
        Assert.True(replica.Database.State.IsDegraded);
    }

    [Theory, Databases]
    public async Task A_script_that_fails_leaves_nothing_behind_and_says_so(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var broken = store.Replica([Migration.Of("0001-a.sql", "create table a (id bigint); create table a (id bigint);")]);

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => broken.AnnounceAsync("a"));

        Assert.Contains("cannot be opened", exception.Message, StringComparison.Ordinal);
        var mended = store.Replica([Migration.Of("0001-a.sql", "create table a (id bigint);")]);
        Assert.Equal(0, await mended.ScalarAsync<long>("select count(*) from a"));
    }

    [Fact]
    public void The_ends_of_lines_do_not_make_another_script() =>
        Assert.Equal(Migration.Of("a", "select 1;\nselect 2;").Checksum, Migration.Of("a", "select 1;\r\nselect 2;").Checksum);

    [Fact]
    public void Scripts_have_numbers_of_their_own()
    {
        var numbers = Migration.ReadAll().Select(script => script.Name[..5]).ToList();

        Assert.NotEmpty(numbers);
        Assert.All(numbers, number => Assert.Matches("^[0-9]{4}-$", number));
        Assert.Equal(numbers.Distinct().Count(), numbers.Count);
    }

    [Theory, Databases]
    public async Task A_change_that_fails_is_not_made(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var replica = store.Replica();

        await Assert.ThrowsAsync<InvalidDataException>(() => replica.Database.ChangeAsync<long>(
            async (transaction, stop) =>
            {
                await replica.Feed.AnnounceAsync(transaction, "a", stop);
                throw new InvalidDataException();
            },
            CancellationToken.None));

        Assert.Equal(0, await replica.ScalarAsync<long>("select count(*) from feed"));
        Assert.True(replica.Database.State.IsAvailable);
    }

    [Theory, Databases]
    public async Task Changes_at_the_same_time_are_made_one_after_the_other(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var replicas = new[] { store.Replica(), store.Replica() };

        var versions = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => Task.Run(() => replicas[i % 2].AnnounceAsync("a"))));

        Assert.Equal(Enumerable.Range(1, 40).Select(i => (long)i), versions.Order());
    }

    [Fact]
    public async Task An_empty_setting_means_that_nothing_is_kept()
    {
        await using var replica = new TestReplica(new StorageOptions { Folder = null }, Migration.ReadAll());

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => replica.AnnounceAsync("a"));

        Assert.Contains("Storage:Folder is empty", exception.Message, StringComparison.Ordinal);
        Assert.False(replica.Database.State.IsDegraded);
        Assert.Empty(await replica.Deployments.ReadAllAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_the_reason_and_no_loss()
    {
        await using var replica = new TestReplica(new StorageOptions { Folder = NoFolder }, Migration.ReadAll());

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => replica.AnnounceAsync("a"));

        Assert.Equal("The data folder cannot be used.", exception.Message);
        Assert.False(replica.Database.State.IsDegraded);
        Assert.Empty(await replica.Deployments.ReadAllAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_the_reason_and_is_left_alone()
    {
        await using var store = await TestStore.CreateAsync(DatabaseKind.Sqlite);
        var file = Path.Combine(Directory.CreateDirectory(store.Root).FullName, "modelapi.db");
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("This is no database. ", 1000)));
        var before = await File.ReadAllBytesAsync(file);
        var replica = store.Replica();

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => replica.AnnounceAsync("a"));

        Assert.Contains("no SQLite file", exception.Message, StringComparison.Ordinal);
        Assert.True(replica.Database.State.IsDegraded);
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task Reading_from_a_store_that_was_never_written_makes_no_file()
    {
        await using var store = await TestStore.CreateAsync(DatabaseKind.Sqlite);

        Assert.Empty(await store.Replica().Deployments.ReadAllAsync(CancellationToken.None));

        Assert.False(Directory.Exists(store.Root));
    }

    [PostgresFact]
    public async Task A_connection_that_the_server_has_ended_is_replaced()
    {
        await using var store = await TestStore.CreateAsync(DatabaseKind.Postgres);
        var (replica, other) = (store.Replica(), store.Replica());
        await replica.AnnounceAsync("a");
        await other.ScalarAsync<long>(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");

        Assert.Equal(2, await replica.AnnounceAsync("a"));

        Assert.True(replica.Database.State.IsAvailable);
    }

    [PostgresFact]
    public async Task A_server_that_refuses_is_the_reason()
    {
        await using var replica = new TestReplica(
            new StorageOptions { Folder = null, ConnectionString = "Host=127.0.0.1;Port=1;Database=a;Username=a;Password=secret" },
            Migration.ReadAll());

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => replica.AnnounceAsync("a"));

        Assert.Equal("The database cannot be reached.", exception.Message);
        Assert.True(replica.Database.State.IsDegraded);
    }
}
