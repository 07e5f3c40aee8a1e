using System.Buffers;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Pooling;

/// <summary>A growing buffer outside of the garbage collector's heap; freed memory goes back to the operating system at once.</summary>
/// <remarks>
/// Not thread-safe. Arrays of megabytes would stay in the process until a full collection, which an idle server never makes, and so
/// would blocks of the C library's heap. On Linux the pages are mapped directly: growing moves no bytes, and pages that were never
/// written take no memory.
/// </remarks>
public sealed unsafe partial class NativeBuffer : MemoryManager<byte>
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int MayMove = 1;

    private byte* _start;
    private int _capacity;

    /// <summary>How many bytes it holds.</summary>
    public int Capacity => _capacity;

    /// <summary>Grows, and keeps the bytes; the new ones are undefined. Spans from before are no longer valid.</summary>
    /// <exception cref="InsufficientMemoryException">The operating system has no more.</exception>
    public void Grow(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, _capacity);
        _start = (byte*)Resize(_start, (nuint)_capacity, (nuint)capacity);
        _capacity = capacity;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(_start, _capacity);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_start is not null)
        {
            Free(_start, (nuint)_capacity);
            _start = null;
            _capacity = 0;
        }
    }

    private static void* Resize(void* start, nuint from, nuint to)
    {
        if (!OperatingSystem.IsLinux())
        {
            return NativeMemory.Realloc(start, to);
        }

        var resized = start is null ? Map(null, to, ReadWrite, PrivateAnonymous, -1, 0) : Remap(start, from, to, MayMove);
        return (nint)resized == -1 ? throw new InsufficientMemoryException($"There are no {to} bytes for a buffer.") : resized;
    }

    private static void Free(void* start, nuint length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Unmap(start, length);
        }
        else
        {
            NativeMemory.Free(start);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mremap")]
    private static partial void* Remap(void* address, nuint oldLength, nuint newLength, int flags);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
