using System.Diagnostics;
using System.IO.Compression;
using ModelApi.Cli.Servers;
using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests.Servers;

public sealed class BundleArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_becomes_the_same_archive_each_time()
    {
        using var first = await BundleArchive.OpenAsync(Repository.Bank, CancellationToken.None);
        using var again = await BundleArchive.OpenAsync(Path.Combine(Repository.Models, "bank"), CancellationToken.None);

        Assert.Equal(("bank", "1", "application/zip"), (first.Model, first.Version, first.MediaType));
        Assert.Equal(first.Sha256, again.Sha256);
        using var zip = ZipFile.OpenRead(first.Path);
        Assert.Equal(
            Directory.EnumerateFiles(Repository.Bank).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal),
            zip.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public async Task The_archive_of_a_folder_is_deleted_and_one_that_was_given_stays()
    {
        var file = Path.Combine(_folder.Root, "bank.zip");
        string made;
        using (var archive = await BundleArchive.OpenAsync(Repository.Bank, CancellationToken.None))
        {
            made = archive.Path;
            File.Copy(made, file);
        }

        (await BundleArchive.OpenAsync(file, CancellationToken.None)).Dispose();

        Assert.False(File.Exists(made));
        Assert.True(File.Exists(file));
    }

    [LinuxFact]
    public async Task What_tar_and_zip_make_is_read_and_unpacked()
    {
        var tar = Path.Combine(_folder.Root, "bank.tar.gz");
        Assert.Equal(0, await RunAsync("tar", "-czf", tar, "-C", Repository.Bank, "."));
        using var archive = await BundleArchive.OpenAsync(tar, CancellationToken.None);
        var unpacked = Directory.CreateDirectory(Path.Combine(_folder.Root, "unpacked")).FullName;

        await BundleUnpacking.RunAsync(tar, unpacked, CancellationToken.None);

        Assert.Equal(("bank", "1", "application/gzip"), (archive.Model, archive.Version, archive.MediaType));
        Assert.Equal(0, await RunAsync("diff", "-r", Repository.Bank, unpacked));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/absolute")]
    [InlineData("folder/file")]
    [InlineData("a\\b")]
    [InlineData(".hidden")]
    public async Task An_archive_that_leads_out_of_its_folder_is_not_unpacked(string name)
    {
        var file = Path.Combine(_folder.Root, "evil.zip");
        using (var zip = ZipFile.Open(file, ZipArchiveMode.Create))
        {
            zip.CreateEntry(name);
        }

        var unpacked = Directory.CreateDirectory(Path.Combine(_folder.Root, "unpacked")).FullName;

        var refusal = await Assert.ThrowsAsync<CommandException>(
            () => BundleUnpacking.RunAsync(file, unpacked, CancellationToken.None));

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(unpacked));
    }

    [LinuxFact]
    public async Task A_link_is_not_unpacked()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Root, "link"), "/etc/passwd");
        var tar = Path.Combine(_folder.Root, "evil.tar.gz");
        Assert.Equal(0, await RunAsync("tar", "-czf", tar, "-C", _folder.Root, "link"));
        var unpacked = Directory.CreateDirectory(Path.Combine(_folder.Root, "unpacked")).FullName;

        await Assert.ThrowsAsync<CommandException>(() => BundleUnpacking.RunAsync(tar, unpacked, CancellationToken.None));

        Assert.Empty(Directory.EnumerateFileSystemEntries(unpacked));
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
