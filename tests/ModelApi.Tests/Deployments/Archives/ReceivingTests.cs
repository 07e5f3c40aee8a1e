using Microsoft.AspNetCore.Http;
using ModelApi.Deployments.Archives;
using ModelApi.Storage;

namespace ModelApi.Tests.Deployments.Archives;

/// <summary>What becomes of the file when a body does not come whole. UploadWireTests has the rest, over a socket.</summary>
public sealed class ReceivingTests : IDisposable
{
    private static readonly byte[] Start = [.. "PK\x03\x04"u8, .. new byte[300_000]];

    private readonly string _folder = Directory.CreateTempSubdirectory("modelapi-receiving-").FullName;
    private readonly ArchiveReceiver _receiver = new(new ArchiveLimits { MaxBytes = 1_000_000 });

    public void Dispose()
    {
        _receiver.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_archive_is_a_file_until_it_is_disposed_of_or_moved_away()
    {
        var (archive, problem) = await _receiver.ReceiveAsync(Request(new MemoryStream(Start)), _folder, CancellationToken.None);

        Assert.Null(problem);
        Assert.Equal(Start, await File.ReadAllBytesAsync(archive!.File));
        Assert.Equal((ArchiveFormat.Zip, (long)Start.Length), (archive.Format, archive.Bytes));
        archive.Dispose();
        archive.Dispose();
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_body_that_breaks_off_leaves_no_file()
    {
        var body = new ConcatenatedStream(new MemoryStream(Start), () => throw new IOException("The client has gone."));

        await Assert.ThrowsAsync<IOException>(() => _receiver.ReceiveAsync(Request(body), _folder, CancellationToken.None));

        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_a_store_that_is_away()
    {
        var missing = Path.Combine(_folder, "missing");

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => _receiver.ReceiveAsync(Request(new MemoryStream(Start)), missing, CancellationToken.None));

        Assert.DoesNotContain(_folder, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_a_length_is_held_to_the_limit_while_it_comes()
    {
        var body = new ConcatenatedStream(new MemoryStream(Start), () => 100_000);

        var (archive, problem) = await _receiver.ReceiveAsync(Request(body), _folder, CancellationToken.None);

        Assert.Null(archive);
        Assert.Equal(413, problem!.Status);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static HttpRequest Request(Stream body) => new DefaultHttpContext { Request = { Method = "PUT", Body = body } }.Request;

    /// <summary>A stream whose bytes, once they are read, are followed by something else.</summary>
    private sealed class ConcatenatedStream(Stream first, Func<int> then) : ObservedStream(first)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var length and > 0 ? length : Math.Min(then(), buffer.Length);

        protected override void See(ReadOnlySpan<byte> bytes)
        {
        }
    }
}
