using System.Net;

namespace ModelApi.Tests.Overload;

/// <summary>A body of which the beginning comes at once and the rest only when the test lets it.</summary>
internal sealed class EndlessContent : HttpContent
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EndlessContent() => Headers.ContentType = new("application/json");

    public Task WaitUntilReadAsync() => _begun.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public void End() => _end.SetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync("{\"age\":"u8.ToArray());
        await stream.FlushAsync();
        _begun.SetResult();
        await _end.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
