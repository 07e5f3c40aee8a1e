using ModelApi.Deployments;
using ModelApi.Inference.Registry;
using ModelApi.Tests.Storage;

namespace ModelApi.Tests.Deployments;

public sealed class DeploymentStoreTests
{
    private static readonly Change Promotion = new("pedro1", "promote", "2", "1", """{"force":true}""", "00-1-2-00");

    private static readonly VersionRecord One = new(
        "1", VersionOrigin.Folder, null, null, 0, Stage.None, IsDisabled: true, IsDeleted: true,
        new DateTimeOffset(2026, 11, 28, 1, 2, 3, TimeSpan.Zero), null);

    private static readonly VersionRecord Two = new(
        "2", VersionOrigin.Upload, new string('a', 64), "tar.gz", 5_000_000_000, Stage.Production, IsDisabled: false, IsDeleted: false,
        new DateTimeOffset(2026, 11, 28, 1, 2, 3, 456, TimeSpan.Zero), "Zoë \"Z\"");

    private static readonly ModelRecord Bank = ModelRecord.New("bank") with
    {
        IsStaged = true,
        RolloutJson = """{"version":"2"}""",
        Versions = [One, Two],
        Aliases = new Dictionary<string, string> { ["champion"] = "2", ["Champion"] = "1" },
    };

    [Theory, Databases]
    public async Task A_model_is_read_as_it_was_saved(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.Replica().Deployments.SaveAsync(Bank, Promotion, CancellationToken.None);

        var read = Assert.Single(await store.Replica().Deployments.ReadAllAsync(CancellationToken.None));

        Assert.Equal(("bank", false, true, """{"version":"2"}"""), (read.Name, read.IsDisabled, read.IsStaged, read.RolloutJson));
        Assert.Equal([One, Two], read.Versions);
        Assert.Equal(Bank.Aliases, read.Aliases);
        Assert.True(read.Revision > 0);
    }

    [Theory, Databases]
    public async Task A_later_state_replaces_the_earlier_one(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var deployments = store.Replica().Deployments;
        var saved = await deployments.SaveAsync(Bank, Promotion, CancellationToken.None);

        var later = await deployments.SaveAsync(
            saved with { IsDisabled = true, RolloutJson = null, Versions = [Two], Aliases = new Dictionary<string, string>() }, Promotion,
            CancellationToken.None);

        var read = await deployments.FindAsync("bank", CancellationToken.None);
        Assert.True(read!.IsDisabled);
        Assert.Null(read.RolloutJson);
        Assert.Equal([Two], read.Versions);
        Assert.Empty(read.Aliases);
        Assert.Equal(later.Revision, read.Revision);
        Assert.True(later.Revision > saved.Revision);
    }

    [Theory, Databases]
    public async Task Of_changes_of_the_same_state_the_first_is_made(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var replicas = new[] { store.Replica(), store.Replica() };
        var saved = await replicas[0].Deployments.SaveAsync(Bank, Promotion, CancellationToken.None);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(async () =>
        {
            try
            {
                await replicas[i % 2].Deployments.SaveAsync(saved, Promotion, CancellationToken.None);
                return true;
            }
            catch (ChangedMeanwhileException)
            {
                return false;
            }
        })));

        Assert.Single(outcomes, made => made);
        Assert.Equal(2, await replicas[0].ScalarAsync<long>("select count(*) from history"));
        Assert.Equal(2, await replicas[0].ScalarAsync<long>("select count(*) from audit"));
    }

    [Theory, Databases]
    public async Task A_new_model_that_is_there_already_was_changed_meanwhile(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var deployments = store.Replica().Deployments;
        await deployments.SaveAsync(Bank, Promotion, CancellationToken.None);

        await Assert.ThrowsAsync<ChangedMeanwhileException>(() => deployments.SaveAsync(Bank, Promotion, CancellationToken.None));
        await Assert.ThrowsAsync<ChangedMeanwhileException>(
            () => deployments.SaveAsync(ModelRecord.New("other") with { Revision = 7 }, Promotion, CancellationToken.None));

        Assert.Single(await deployments.ReadAllAsync(CancellationToken.None));
    }

    [Theory, Databases]
    public async Task A_deleted_model_keeps_its_history_and_never_gets_an_old_revision_again(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var deployments = store.Replica().Deployments;
        var saved = await deployments.SaveAsync(Bank, Promotion, CancellationToken.None);

        await Assert.ThrowsAsync<ChangedMeanwhileException>(
            () => deployments.DeleteAsync("bank", saved.Revision - 1, Promotion, CancellationToken.None));
        await deployments.DeleteAsync("bank", saved.Revision, Promotion with { Action = "delete" }, CancellationToken.None);

        Assert.Null(await deployments.FindAsync("bank", CancellationToken.None));
        Assert.Equal(
            ["delete", "promote"], (await deployments.ReadHistoryAsync("bank", 10, null, CancellationToken.None)).Select(line => line.Action));
        Assert.Equal(0, await store.Replica().ScalarAsync<long>("select count(*) from versions"));
        Assert.True((await deployments.SaveAsync(Bank, Promotion, CancellationToken.None)).Revision > saved.Revision);
    }

    [Theory, Databases]
    public async Task History_is_read_page_by_page_from_the_newest(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var deployments = store.Replica().Deployments;
        var record = Bank;
        for (var i = 0; i < 5; i++)
        {
            record = await deployments.SaveAsync(record, Promotion with { Action = $"change {i}" }, CancellationToken.None);
        }

        await deployments.SaveAsync(ModelRecord.New("other"), Promotion, CancellationToken.None);
        var first = await deployments.ReadHistoryAsync("bank", 3, null, CancellationToken.None);
        var second = await deployments.ReadHistoryAsync("bank", 3, first[^1].Id, CancellationToken.None);

        Assert.Equal(["change 4", "change 3", "change 2"], first.Select(line => line.Action));
        Assert.Equal(["change 1", "change 0"], second.Select(line => line.Action));
        Assert.Equal(
            ("pedro1", "2", "1", """{"force":true}""", "00-1-2-00"),
            (first[0].User, first[0].Version, first[0].Before, first[0].DetailJson, first[0].TraceId));
        Assert.InRange(first[0].At, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
    }

    [Theory, Databases]
    public async Task What_a_rollout_has_found_is_kept_with_it_and_goes_with_it(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var deployments = store.Replica().Deployments;
        var saved = await deployments.SaveAsync(Bank, Promotion, CancellationToken.None);

        Assert.True(await deployments.SaveRolloutStateAsync("bank", saved.Revision, """{"rows":1}""", CancellationToken.None));
        Assert.False(await deployments.SaveRolloutStateAsync("bank", saved.Revision - 1, """{"rows":2}""", CancellationToken.None));
        var found = await deployments.FindAsync("bank", CancellationToken.None);
        var kept = await deployments.SaveAsync(found! with { IsDisabled = true }, Promotion, CancellationToken.None);
        var afterOther = await deployments.FindAsync("bank", CancellationToken.None);
        await deployments.SaveAsync(kept with { RolloutJson = """{"version":"3"}""" }, Promotion, CancellationToken.None);
        var afterNew = await deployments.FindAsync("bank", CancellationToken.None);

        Assert.Equal((saved.Revision, """{"rows":1}"""), (found!.Revision, found.RolloutStateJson));
        Assert.Equal("""{"rows":1}""", afterOther!.RolloutStateJson);
        Assert.Null(afterNew!.RolloutStateJson);
    }

    [Theory, Databases]
    public async Task The_digests_are_those_of_uploads(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var deployments = store.Replica().Deployments;
        await deployments.SaveAsync(Bank, Promotion, CancellationToken.None);

        Assert.Equal([new string('a', 64)], await deployments.ReadDigestsAsync(CancellationToken.None));
    }
}
