using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Deployments;
using ModelApi.Inference.Registry;
using ModelApi.Storage;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Deployments;

/// <summary>Changes that another server has made in the same store.</summary>
public sealed class ReplicaTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreHost _host = new("1");

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_version_that_was_uploaded_and_promoted_elsewhere_answers_once_it_is_loaded_here_and_the_one_before_it_until_then()
    {
        await _host.OkAsync(HttpMethod.Post, "/models/bank/versions/1/stage", """{"stage":"Production"}""");
        await UploadAndPromoteElsewhereAsync("2");

        var answers = new List<string>();
        while (answers.LastOrDefault() != "2")
        {
            Assert.True(answers.Count < 10_000, "Version 2 does not answer.");
            answers.Add(await _host.AnsweredByAsync());
            await Task.Delay(5);
        }

        Assert.All(answers, answer => Assert.True(answer is "1" or "2", answer));
    }

    private async Task UploadAndPromoteElsewhereAsync(string version)
    {
        using var elsewhere = new TemporaryModels();
        var archive = UploadHost.Zip(elsewhere.AddBank(version: version).Folder);
        var digest = Convert.ToHexStringLower(SHA256.HashData(archive));
        var file = Path.Combine(elsewhere.Root, "bank.zip");
        await File.WriteAllBytesAsync(file, archive);

        var services = _host.Host.Services;
        var (archives, store) = (services.GetRequiredService<BundleFiles>(), services.GetRequiredService<IDeploymentStore>());
        await using var held = await archives.HoldAsync(None);
        await archives.SaveAsync(file, digest, None);
        var now = DateTimeOffset.UtcNow;
        var record = (await store.FindAsync("bank", None))!
            .With("1", now, known => known with { Stage = Stage.Archived })
            .With(version, now, _ => new VersionRecord(
                version, VersionOrigin.Upload, digest, "zip", archive.Length, Stage.Production, IsDisabled: false, IsDeleted: false, now,
                CreatedBy: "elsewhere"));
        await store.SaveAsync(record, new Change("elsewhere", Actions.Promote, version, "1", DetailJson: null, TraceId: null), None);
    }
}
