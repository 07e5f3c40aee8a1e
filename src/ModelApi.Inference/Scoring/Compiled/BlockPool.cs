using System.Runtime.InteropServices;
using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Keeps one block per processor, so that memory stays in that processor's cache.</summary>
internal sealed class BlockPool(Func<Block> create)
{
    private readonly Place[] _places = new Place[Environment.ProcessorCount];

    public Block Rent()
    {
        ref var place = ref Mine().Block;
        return (place is null ? null : Interlocked.Exchange(ref place, null)) ?? create();
    }

    /// <summary>Takes back a block. A surplus block is left to the garbage collector.</summary>
    public void Return(Block block) => Volatile.Write(ref Mine().Block, block);

    private ref Place Mine() => ref _places[Thread.GetCurrentProcessorId() % _places.Length];

    // Padded, so that no two places share a cache line.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Place
    {
        [FieldOffset(0)]
        public Block? Block;
    }
}
