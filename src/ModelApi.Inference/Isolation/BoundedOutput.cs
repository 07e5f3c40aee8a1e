namespace ModelApi.Inference.Isolation;

/// <summary>The first bytes of a stream whose length nobody knows.</summary>
internal sealed class BoundedOutput(int mostBytes)
{
    private readonly byte[] _bytes = new byte[mostBytes];
    private int _length;

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Whether there was more than was kept.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Reads to the end, and keeps the first bytes.</summary>
    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var rest = new byte[4096];
        while (true)
        {
            var isFull = _length == _bytes.Length;
            var length = await stream.ReadAsync(isFull ? rest : _bytes.AsMemory(_length), cancellationToken).ConfigureAwait(false);
            if (length == 0)
            {
                return;
            }

            IsCut |= isFull;
            _length += isFull ? 0 : length;
        }
    }
}
