using System.Diagnostics;
using System.Runtime.CompilerServices;
using ModelApi.Overload;

namespace ModelApi.Tests.Overload;

/// <summary>A server that is never idle keeps no garbage for hours.</summary>
public sealed class SteadyMemoryTests
{
    private const int Megabyte = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Old_garbage_is_collected_once_much_was_allocated()
    {
        using var memory = new SteadyMemory(TimeProvider.System, TimeSpan.FromMilliseconds(10));
        await memory.StartAsync(CancellationToken.None);
        var garbage = MakeOldGarbage();

        // The runtime itself collects only the youngest generation for this.
        AllocateWhatEndsYoung(2 * GC.GetTotalMemory(forceFullCollection: false));
        var start = Stopwatch.GetTimestamp();
        while (garbage.IsAlive && Stopwatch.GetElapsedTime(start) < Patience)
        {
            await Task.Delay(10);
        }

        await memory.StopAsync(CancellationToken.None);
        Assert.False(garbage.IsAlive);
    }

    // An array of this size belongs to the oldest generation at once. Not inlined: a local of the test would keep it alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference MakeOldGarbage() => new(new byte[Megabyte]);

    private static void AllocateWhatEndsYoung(long bytes)
    {
        for (var left = bytes; left > 0; left -= 1000)
        {
            GC.KeepAlive(new byte[1000]);
        }
    }
}
