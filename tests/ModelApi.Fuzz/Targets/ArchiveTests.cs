using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ModelApi.Deployments.Archives;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Running;

namespace ModelApi.Fuzz.Targets;

/// <summary>
/// Spoilt archives of bundles: each is unpacked within the limits, or refused with a reason. Nothing is written outside of its folder, a
/// refused one leaves nothing, and what an archive declares takes no memory.
/// </summary>
public sealed class ArchiveTests : IDisposable
{
    private const long MostMegabytes = 16;

    private static readonly ArchiveLimits Limits = new() { MaxUnpackedBytes = 4_000_000, FreeBytes = 1_000_000 };

    private readonly string _root = Directory.CreateTempSubdirectory("modelapi-fuzz-").FullName;
    private readonly ArchiveUnpacker _unpacker = new(Limits);
    private readonly byte[] _zip;
    private readonly List<byte[]> _tars;
    private int _unpacked;

    public ArchiveTests()
    {
        (string Name, byte[] Content)[] files =
        [
            ("model.json", Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, 500)))),
            ("golden.jsonl", []),
            (new string('n', 120), new byte[20_000]),
        ];
        _zip = Zip(files);
        _tars = [.. new[] { TarEntryFormat.Pax, TarEntryFormat.Gnu }.Select(format => Tar(files, format))];
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Zips_are_unpacked_or_refused()
    {
        await Fuzzing.RunAsync(
            "archives-zip", 0.04, random => ArchiveMutator.Zip(random, _zip), sample => CheckAsync(sample, ArchiveFormat.Zip));
        Console.WriteLine($"archives-zip: {_unpacked} unpacked");
    }

    [Fact]
    public async Task Tar_files_are_unpacked_or_refused()
    {
        await Fuzzing.RunAsync(
            "archives-tar",
            0.04,
            random => ArchiveMutator.Tar(random, random.Pick(_tars)),
            sample => CheckAsync(sample, ArchiveFormat.TarGz));
        Console.WriteLine($"archives-tar: {_unpacked} unpacked");
    }

    private async Task CheckAsync(Sample sample, ArchiveFormat format)
    {
        var archive = Path.Combine(_root, "archive");
        var target = Path.Combine(_root, "target");
        await File.WriteAllBytesAsync(archive, sample.Content);
        var before = GC.GetTotalAllocatedBytes();
        try
        {
            await _unpacker.UnpackAsync(archive, format, target, CancellationToken.None);
            var files = new DirectoryInfo(target).GetFileSystemInfos();
            Assert.All(files, file => Assert.True(file is FileInfo { LinkTarget: null }, file.Name));
            Assert.True(files.Cast<FileInfo>().Sum(file => file.Length) <= Limits.Unpacked(sample.Content.Length));
            Directory.Delete(target, recursive: true);
            _unpacked++;
        }
        catch (ArchiveException exception)
        {
            Assert.InRange(exception.Message.Length, 1, 1000);
        }

        var megabytes = (GC.GetTotalAllocatedBytes() - before) / 1_000_000;
        Assert.True(megabytes < MostMegabytes, $"{megabytes} MB of memory.");
        Assert.Equal([archive], Directory.GetFileSystemEntries(_root));
    }

    private static byte[] Zip((string Name, byte[] Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in files)
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Tar((string Name, byte[] Content)[] files, TarEntryFormat format)
    {
        using var stream = new MemoryStream();
        using (var archive = new TarWriter(stream, format))
        {
            foreach (var (name, content) in files)
            {
                var entry = format == TarEntryFormat.Pax ? (TarEntry)new PaxTarEntry(TarEntryType.RegularFile, name)
                    : new GnuTarEntry(TarEntryType.RegularFile, name);
                entry.DataStream = new MemoryStream(content);
                archive.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }
}
