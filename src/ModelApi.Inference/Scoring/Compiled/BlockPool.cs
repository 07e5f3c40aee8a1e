using System.Runtime.InteropServices;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Keeps one block for each processor, so that threads do not pass memory from one to another.</summary>
internal sealed class BlockPool(Func<Block> create)
{
    private readonly Place[] _places = new Place[Environment.ProcessorCount];

    public Block Rent()
    {
        ref var place = ref Mine().Block;
        return (place is null ? null : Interlocked.Exchange(ref place, null)) ?? create();
    }

    /// <summary>Takes a block back; one too many is left to the collector.</summary>
    public void Return(Block block) => Volatile.Write(ref Mine().Block, block);

    private ref Place Mine() => ref _places[Thread.GetCurrentProcessorId() % _places.Length];

    // Cache lines of their own.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Place
    {
        [FieldOffset(0)]
        public Block? Block;
    }
}
