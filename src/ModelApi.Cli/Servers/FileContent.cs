using System.Net;

namespace ModelApi.Cli.Servers;

/// <summary>A file as the body of a request, which tells how much of it was sent.</summary>
internal sealed class FileContent(string path, Action<long> progress) : HttpContent
{
    private const int BufferBytes = 128 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        var buffer = new byte[BufferBytes];
        for (long sent = 0; await file.ReadAsync(buffer, cancellationToken) is var length and > 0;)
        {
            await stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            progress(sent += length);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = new FileInfo(path).Length;
        return true;
    }
}
