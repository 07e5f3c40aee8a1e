using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace ModelApi.Tests.Deployments.Archives;

/// <summary>Archives as people's own tools make them.</summary>
public sealed class UnpackingTests : IDisposable
{
    private const string Python = "import shutil, sys; shutil.make_archive(sys.argv[1], sys.argv[2], sys.argv[3])";

    private static readonly string Bundle = Path.Combine(Repository.Models, "breast-cancer", "1");

    private readonly UnpackingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.SmallestSize)]
    public async Task A_zip_of_a_bundle_is_unpacked(CompressionLevel level)
    {
        using var zip = new MemoryStream();
        await ZipFile.CreateFromDirectoryAsync(Bundle, zip, level, includeBaseDirectory: false);

        await _folder.UnpackAsync(zip.ToArray());

        AssertIsBundle();
    }

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public async Task A_tar_of_a_bundle_is_unpacked(TarEntryFormat format)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        await using (var tar = new TarWriter(gzip, format))
        {
            foreach (var file in Directory.GetFiles(Bundle))
            {
                await tar.WriteEntryAsync(file, Path.GetFileName(file));
            }
        }

        await _folder.UnpackAsync(packed.ToArray());

        AssertIsBundle();
    }

    [Theory]
    [InlineData("tar", "-czf", "{archive}", "-C", "{bundle}", ".")]
    [InlineData("tar", "-czf", "{archive}", "--format=pax", "-C", "{bundle}", ".")]
    [InlineData("tar", "-czf", "{archive}", "--format=gnu", "-b", "200", "-C", "{bundle}", "./")]
    [InlineData("python3", "-c", Python, "{archive}", "zip", "{bundle}")]
    [InlineData("python3", "-c", Python, "{archive}", "gztar", "{bundle}")]
    public async Task An_archive_of_a_common_tool_is_unpacked(string tool, params string[] arguments)
    {
        var archive = Path.Combine(Path.GetTempPath(), $"modelapi-{Guid.NewGuid():n}");
        var all = arguments.Select(argument => argument.Replace("{archive}", archive).Replace("{bundle}", Bundle)).ToList();
        using (var process = Process.Start(tool, all))
        {
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
        }

        var made = Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(archive) + "*").Single();
        try
        {
            await _folder.UnpackAsync(await File.ReadAllBytesAsync(made));
        }
        finally
        {
            File.Delete(made);
        }

        AssertIsBundle();
    }

    [Fact]
    public async Task Names_as_long_as_a_bundle_may_have_are_read_in_each_format_that_has_them()
    {
        var name = new string('n', 128);
        foreach (var format in new[] { TarEntryFormat.Pax, TarEntryFormat.Gnu })
        {
            using var folder = new UnpackingFolder();
            using var packed = new MemoryStream();
            await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await using (var tar = new TarWriter(gzip, format))
            {
                foreach (var file in new[] { "model.json", name })
                {
                    var entry = format == TarEntryFormat.Pax ? (TarEntry)new PaxTarEntry(TarEntryType.RegularFile, file)
                        : new GnuTarEntry(TarEntryType.RegularFile, file);
                    entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(file));
                    await tar.WriteEntryAsync(entry);
                }
            }

            await folder.UnpackAsync(packed.ToArray());

            Assert.Equal(["model.json", name], folder.Read().Keys);
            Assert.Equal(name, Encoding.UTF8.GetString(folder.Read()[name]));
        }
    }

    [Fact]
    public async Task Empty_files_and_the_comment_of_git_archive_are_read()
    {
        await _folder.UnpackAsync(RawTar.Gzip(
            RawTar.Attributes('g', ("comment", "0123456789abcdef")), RawTar.Entry("model.json", []), RawTar.End));

        Assert.Empty(Assert.Single(_folder.Read()).Value);
    }

    [Fact]
    public async Task A_folder_that_exists_is_left_alone()
    {
        Directory.CreateDirectory(_folder.Target);
        var archive = RawTar.Gzip(RawTar.Entry("model.json", []), RawTar.End);

        await Assert.ThrowsAsync<IOException>(() => _folder.UnpackAsync(archive));

        Assert.Equal(["target"], _folder.Left);
    }

    private void AssertIsBundle()
    {
        var expected = Directory.GetFiles(Bundle).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        Assert.Equal(new SortedDictionary<string, byte[]>(expected, StringComparer.Ordinal), _folder.Read());
    }
}
