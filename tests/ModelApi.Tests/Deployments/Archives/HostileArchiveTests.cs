using System.Text;
using ModelApi.Deployments.Archives;

namespace ModelApi.Tests.Deployments.Archives;

/// <summary>Archives that would harm a careless reader: each is refused with its reason, and leaves nothing behind.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private const string Folder = "must be at the root";
    private const string Path = "is an absolute path";
    private const string Outside = "leads out of the archive";
    private const string Kind = "regular files only";
    private const string Damaged = "cannot be unpacked";

    private static readonly byte[] Json = "{}"u8.ToArray();
    private static readonly ArchiveLimits Small = new() { MaxUnpackedBytes = 1_000_000, FreeBytes = 100_000, MaxRatio = 20 };

    private readonly UnpackingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../model.json", Outside)]
    [InlineData("a/../../model.json", Outside)]
    [InlineData("..", Outside)]
    [InlineData("/etc/passwd", Path)]
    [InlineData("C:model.json", Path)]
    [InlineData(@"C:\model.json", "backslash")]
    [InlineData(@"..\model.json", "backslash")]
    [InlineData(@"\\server\share", "backslash")]
    [InlineData("bank-1/model.json", Folder)]
    [InlineData("bank-1/", Folder)]
    [InlineData("././model.json", Folder)]
    [InlineData(".//model.json", Path)]
    [InlineData("a\0b.json", "control character")]
    [InlineData("a\nb.json", "control character")]
    [InlineData(".hidden", "hidden file")]
    [InlineData("-rf", "no file of a bundle")]
    [InlineData("nul", "device")]
    [InlineData("Com1.json", "device")]
    [InlineData("model.json.", "no file of a bundle")]
    [InlineData("model.json ", "no file of a bundle")]
    [InlineData("model.json:stream", "no file of a bundle")]
    [InlineData("mod\u00E9l.json", "no file of a bundle")]
    [InlineData("", "no file of a bundle")]
    public async Task A_name_that_no_file_of_a_bundle_has_is_refused(string name, params string[] reasons)
    {
        await AssertRefusedAsync(RawZip.Write([Zipped("model.json"), Zipped(name)]), reasons);
        if (!name.Contains('\0'))
        {
            await AssertRefusedAsync(RawTar.Gzip(Tarred("model.json"), RawTar.Entry(name, Json), RawTar.End), reasons);
        }

        await AssertRefusedAsync(
            RawTar.Gzip(Tarred("model.json"), RawTar.Attributes('x', ("path", name)), Tarred("a"), RawTar.End),
            [.. reasons, Damaged]);
    }

    [Fact]
    public async Task A_name_is_shown_short_and_without_what_a_terminal_would_obey()
    {
        var name = "\u001b[2J\u202E" + new string('x', 1000);

        var reason = await AssertRefusedAsync(RawZip.Write([Zipped(name)]), "control character");

        Assert.True(reason.Length < 300);
        Assert.DoesNotContain(reason, letter => letter is < ' ' or > '~' and not '…');
    }

    [Theory]
    [InlineData("model.json", "model.json")]
    [InlineData("model.json", "Model.json")]
    [InlineData("model.json", "./model.json")]
    public async Task A_file_that_comes_twice_is_refused(string first, string second)
    {
        await AssertRefusedAsync(RawZip.Write([Zipped(first), Zipped(second)]), "twice");
        await AssertRefusedAsync(RawTar.Gzip(Tarred(first), Tarred(second), RawTar.End), "twice");
    }

    [Theory]
    [InlineData("e\u0301.json", "\u00E9.json")]
    [InlineData("\uFF4Dodel.json", "model.json")]
    public async Task Names_that_a_file_system_may_take_for_one_are_refused(string first, string second)
    {
        await AssertRefusedAsync(RawZip.Write([Zipped(first), Zipped(second)]), "no file of a bundle");
        await AssertRefusedAsync(RawTar.Gzip(Tarred(first), Tarred(second), RawTar.End), "no file of a bundle");
    }

    [Theory]
    [InlineData(0xA1FFu)] // symbolic link
    [InlineData(0x61A4u)] // block device
    [InlineData(0x21A4u)] // character device
    [InlineData(0x11A4u)] // pipe
    [InlineData(0xC1A4u)] // socket
    [InlineData(0x41EDu)] // folder with the name of a file
    public async Task A_zip_entry_that_is_no_regular_file_is_refused(uint mode) =>
        await AssertRefusedAsync(RawZip.Write([Zipped("model.json"), RawZip.Entry("a", "/etc/passwd"u8.ToArray(), mode)]), Kind);

    [Fact]
    public async Task A_link_of_windows_is_refused() =>
        await AssertRefusedAsync(RawZip.Write([Zipped("model.json") with { Attributes = 0x400 }]), Kind);

    [Theory]
    [InlineData('1', Kind)] // hard link
    [InlineData('2', Kind)] // symbolic link
    [InlineData('3', Kind)] // character device
    [InlineData('4', Kind)] // block device
    [InlineData('5', "is a folder")]
    [InlineData('6', Kind)] // pipe
    [InlineData('7', "kind that is not known")] // contiguous file
    [InlineData('D', "kind that is not known")] // folder of a GNU dump
    [InlineData('K', Kind)] // long link
    [InlineData('M', "kind that is not known")] // rest of a file in several volumes
    [InlineData('S', "sparse")]
    [InlineData('V', "kind that is not known")] // label of a volume
    [InlineData('Z', "kind that is not known")]
    public async Task A_tar_entry_that_is_no_regular_file_is_refused(char type, string reason) =>
        await AssertRefusedAsync(
            RawTar.Gzip(Tarred("model.json"), RawTar.Entry("a", [], type, link: "/etc/passwd"), RawTar.End), reason);

    [Theory]
    [InlineData("GNU.sparse.major", "1", "sparse")]
    [InlineData("GNU.sparse.map", "0,1", "sparse")]
    [InlineData("size", "1000000000000", "two sizes")]
    [InlineData("size", "0", "two sizes")]
    public async Task Attributes_that_change_what_a_file_holds_are_refused(string name, string value, string reason) =>
        await AssertRefusedAsync(
            RawTar.Gzip(RawTar.Attributes('x', (name, value)), Tarred("model.json"), RawTar.End), reason, Damaged);

    [Fact]
    public async Task Attributes_for_all_entries_are_refused() =>
        await AssertRefusedAsync(
            RawTar.Gzip(RawTar.Attributes('g', ("path", "../x")), Tarred("model.json"), RawTar.End), "change all of its entries");

    [Theory]
    [InlineData('x')]
    [InlineData('g')]
    [InlineData('L')]
    public async Task The_size_of_attributes_takes_no_memory_before_it_is_checked(char type)
    {
        var archive = RawTar.Gzip(RawTar.Header("a", 2_000_000_000, type), new byte[100_000]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        await AssertRefusedAsync(archive, "attributes of an entry");

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000_000);
    }

    [Fact]
    public async Task An_archive_of_too_many_entries_is_refused()
    {
        var names = Enumerable.Range(0, 200).Select(number => $"f{number}").ToList();

        await AssertRefusedAsync(RawZip.Write([.. names.Select(Zipped)]), "more than 128 entries");
        await AssertRefusedAsync(RawTar.Gzip([.. names.Select(Tarred), RawTar.End]), "more than 128 entries");
        await AssertRefusedAsync(
            RawTar.Gzip([.. names.Select(_ => RawTar.Entry("./", [], '5')), RawTar.End]), "more than 128 entries");
        await AssertRefusedAsync(
            RawTar.Gzip([.. names.Select(_ => RawTar.Attributes('g', ("comment", "x"))), RawTar.End]), "more than 128 entries");
    }

    [Fact]
    public async Task A_directory_of_a_zip_that_is_larger_than_it_declares_is_refused()
    {
        var zip = RawZip.Write([.. Enumerable.Range(0, 40_000).Select(number => Zipped($"f{number}"))]);
        zip[^12] = zip[^14] = 1;
        zip[^11] = zip[^13] = 0;

        await AssertRefusedAsync(zip, "directory");
    }

    [Fact]
    public async Task What_is_written_is_held_to_limits_whatever_an_archive_declares()
    {
        var zeros = new byte[3_000_000];
        var noise = new byte[2_000_000];
        new Random(1).NextBytes(noise);

        // Above the ratio, and above the limit.
        await AssertRefusedAsync(RawZip.Write([RawZip.Entry("a", zeros) with { Size = 1 }]), Small, "size", "too much");
        await AssertRefusedAsync(RawZip.Write([Zipped("model.json"), RawZip.Entry("a", zeros)]), Small, "too much");
        await AssertRefusedAsync(RawTar.Gzip(Tarred("model.json"), RawTar.Entry("a", zeros), RawTar.End), Small, "too much");
        await AssertRefusedAsync(RawZip.Write([RawZip.Entry("a", noise)]), Small, "more than 1000000 bytes.");
        await AssertRefusedAsync(RawTar.Gzip(RawTar.Entry("a", noise), RawTar.End), Small, "more than 1000000 bytes.");

        // Many files that are small enough each.
        var parts = Enumerable.Range(0, 20).Select(number => ($"f{number}", Content: noise[..90_000])).ToList();
        await AssertRefusedAsync(RawZip.Write([.. parts.Select(part => RawZip.Entry(part.Item1, part.Content))]), Small, "more than");
        await AssertRefusedAsync(RawTar.Gzip([.. parts.Select(part => RawTar.Entry(part.Item1, part.Content))]), Small, "more than");
    }

    [Fact]
    public async Task Entries_that_share_their_data_are_refused()
    {
        var shared = RawZip.Entry("a", new byte[100_000]);

        await AssertRefusedAsync(
            RawZip.Write([shared, .. Enumerable.Range(0, 9).Select(number => shared with { Name = [(byte)('b' + number)] })]), "overlap");
    }

    [Fact]
    public async Task Padding_without_end_is_refused() =>
        await AssertRefusedAsync(RawTar.Gzip(Tarred("model.json"), new byte[5_000_000]), "goes on after its end");

    [Theory]
    [InlineData(0x01u)]
    [InlineData(0x41u)] // strongly
    public async Task An_encrypted_entry_is_refused(uint flags) =>
        await AssertRefusedAsync(RawZip.Write([Zipped("model.json") with { Flags = flags }]), "encrypted");

    [Theory]
    [InlineData(99u)] // encrypted by AES
    [InlineData(12u)] // bzip2
    [InlineData(14u)] // LZMA
    [InlineData(93u)] // Zstandard
    public async Task A_packing_that_is_not_read_is_refused(uint method) =>
        await AssertRefusedAsync(RawZip.Write([Zipped("model.json") with { Method = method }]), "compressed using");

    [Fact]
    public async Task Checksums_and_sizes_that_are_wrong_are_refused()
    {
        var entry = RawZip.Entry("model.json", Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, 10_000))));
        string[] lie = ["size or the checksum", Damaged, "overlap"];

        await AssertRefusedAsync(RawZip.Write([entry with { Crc = entry.Crc ^ 1 }]), lie);
        await AssertRefusedAsync(RawZip.Write([entry with { Size = entry.Size - 1 }]), lie);
        await AssertRefusedAsync(RawZip.Write([entry with { Size = entry.Size + 1 }]), lie);
        await AssertRefusedAsync(RawZip.Write([entry with { Size = uint.MaxValue }]), lie);
        await AssertRefusedAsync(RawZip.Write([entry with { PackedSize = 100 }]), lie);
        await AssertRefusedAsync(RawZip.Write([entry with { PackedSize = 1_000_000 }]), lie);
        await AssertRefusedAsync(RawZip.Write([entry with { PackedSize = uint.MaxValue }]), lie);
        foreach (var size in new long[] { 1, 3_000, 8_000_000_000 })
        {
            await AssertRefusedAsync(
                RawTar.Gzip(RawTar.Header("model.json", size), new byte[1024], Tarred("a"), RawTar.End),
                Damaged, "cut off", "cannot be read", "after its end", "kind that is not known");
        }
    }

    [Theory]
    [InlineData("80000000ffffffffffffffff")]
    [InlineData("800000007fffffffffffffff")]
    [InlineData("ffffffffffffffffffffffff")]
    [InlineData("800000010000000000000000")]
    public async Task A_size_that_is_no_size_is_refused(string size)
    {
        await AssertRefusedAsync(RawTar.Gzip(RawTar.BinaryHeader("model.json", Convert.FromHexString(size))), "size of an entry");
        await AssertRefusedAsync(RawTar.Gzip(RawTar.Header("model.json", size: null)), "size of an entry");
    }

    [Fact]
    public async Task Something_before_after_or_between_is_refused()
    {
        var zip = RawZip.Write([Zipped("model.json")]);
        var gzip = RawTar.Gzip(Tarred("model.json"), RawTar.End);

        await AssertRefusedAsync(
            RawZip.Write([Zipped("model.json")], before: "#!/bin/sh\n"u8.ToArray()), ArchiveFormat.Zip, "before its first");
        await AssertRefusedAsync([.. "MZ"u8, .. zip], ArchiveFormat.Zip, "directory");
        await AssertRefusedAsync([.. zip, 0], "after its end");
        await AssertRefusedAsync([.. zip, .. zip], "directory");
        await AssertRefusedAsync(RawZip.Write([Zipped("model.json")], comment: "PK\x05\x06"), "comment");
        await AssertRefusedAsync([.. gzip, 0], "after its end");
        await AssertRefusedAsync([.. gzip, .. gzip], "after its end");
        await AssertRefusedAsync([.. gzip, .. Convert.FromHexString("1f8b080000000000000303000000000000000000")], "several gzip files");
        await AssertRefusedAsync(RawTar.Gzip(Tarred("model.json"), RawTar.End, Tarred("a")), "after its end");
        await AssertRefusedAsync(RawTar.Gzip("not a tar file"u8.ToArray()), Damaged);
    }

    [Fact]
    public async Task An_archive_that_is_cut_anywhere_is_refused()
    {
        var random = new Random(1);
        var noise = new byte[2000];
        random.NextBytes(noise);
        var zip = RawZip.Write([Zipped("model.json"), RawZip.Entry("a", noise)]);
        var gzip = RawTar.Gzip(Tarred("model.json"), RawTar.Entry("a", noise), RawTar.End);
        for (var length = ArchiveFormats.MagicLength; length < Math.Max(zip.Length, gzip.Length); length += random.Next(1, 40))
        {
            await AssertRefusedAsync(zip[..Math.Min(length, zip.Length - 1)], ArchiveFormat.Zip);
            await AssertRefusedAsync(gzip[..Math.Min(length, gzip.Length - 1)], ArchiveFormat.TarGz);
        }
    }

    [Fact]
    public async Task An_archive_without_a_manifest_is_refused()
    {
        await AssertRefusedAsync(RawZip.Write([]), "no model.json");
        await AssertRefusedAsync(RawZip.Write([Zipped("Model.json")]), "no model.json");
        await AssertRefusedAsync(RawTar.Gzip(RawTar.End), "no model.json");
        await AssertRefusedAsync(RawTar.Gzip(Tarred("a.json"), RawTar.End), "no model.json");
    }

    private static RawZipEntry Zipped(string name) => RawZip.Entry(name, Json);

    private static byte[] Tarred(string name) => RawTar.Entry(name, Json);

    private Task<string> AssertRefusedAsync(byte[] archive, params string[] reasons) => AssertRefusedAsync(archive, null, null, reasons);

    private Task<string> AssertRefusedAsync(byte[] archive, ArchiveLimits limits, params string[] reasons) =>
        AssertRefusedAsync(archive, null, limits, reasons);

    private Task<string> AssertRefusedAsync(byte[] archive, ArchiveFormat format, params string[] reasons) =>
        AssertRefusedAsync(archive, format, null, reasons);

    private async Task<string> AssertRefusedAsync(byte[] archive, ArchiveFormat? format, ArchiveLimits? limits, string[] reasons)
    {
        var exception = await Assert.ThrowsAsync<ArchiveException>(() => _folder.UnpackAsync(archive, limits, format));

        Assert.True(
            reasons.Length == 0 || reasons.Any(reason => exception.Message.Contains(reason, StringComparison.Ordinal)), exception.Message);
        Assert.Empty(_folder.Left);
        return exception.Message;
    }
}
