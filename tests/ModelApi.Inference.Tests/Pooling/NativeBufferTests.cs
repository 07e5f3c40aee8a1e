using ModelApi.Inference.Pooling;

namespace ModelApi.Inference.Tests.Pooling;

public sealed class NativeBufferTests
{
    [Fact]
    public void A_buffer_keeps_its_bytes_when_it_grows()
    {
        using var buffer = new NativeBuffer();
        var random = new Random(1);
        var expected = new List<byte>();
        foreach (var capacity in new[] { 1, 100, 4096, 4097, 65_536, 1_000_000, 1_000_001, 16_000_000 })
        {
            buffer.Grow(capacity);
            var added = new byte[capacity - expected.Count];
            random.NextBytes(added);
            added.CopyTo(buffer.Memory[expected.Count..]);
            expected.AddRange(added);

            Assert.Equal(capacity, buffer.Capacity);
            Assert.True(buffer.Memory.Span.SequenceEqual(expected.ToArray()), $"Bytes changed at {capacity}.");
        }
    }

    [Fact]
    public void A_freed_buffer_leaves_the_process()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var buffer = new NativeBuffer();
        buffer.Grow(200_000_000);
        buffer.GetSpan().Fill(1);
        var full = Resident();
        ((IDisposable)buffer).Dispose();

        Assert.InRange(full - Resident(), 150_000_000, long.MaxValue);
    }

    [Fact]
    public void Memory_that_was_not_written_is_not_taken()
    {
        var before = Resident();
        using var buffer = new NativeBuffer();
        buffer.Grow(1_000_000_000);

        Assert.InRange(Resident() - before, long.MinValue, 500_000_000);
    }

    private static long Resident()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
