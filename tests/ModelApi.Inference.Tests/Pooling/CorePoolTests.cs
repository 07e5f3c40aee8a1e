using System.Collections.Concurrent;
using ModelApi.Inference.Pooling;

namespace ModelApi.Inference.Tests.Pooling;

public sealed class CorePoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(40)]
    public void No_object_is_in_use_twice(int slotsPerCore)
    {
        var pool = new CorePool<object>(() => new object(), slotsPerCore);
        var inUse = new ConcurrentDictionary<object, bool>();
        var shared = 0;

        Parallel.For(0, 100_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            var item = pool.Rent();
            if (!inUse.TryAdd(item, true))
            {
                Interlocked.Increment(ref shared);
            }

            inUse.TryRemove(item, out var _);
            pool.Return(item);
        });

        Assert.Equal(0, shared);
    }

    [Fact]
    public void A_returned_object_is_rented_again_from_any_core()
    {
        var made = 0;
        var pool = new CorePool<object>(() => ++made);
        pool.Return(pool.Rent());

        for (var i = 0; i < 100; i++)
        {
            pool.Return(pool.Rent());
            Thread.Yield();
        }

        Assert.Equal(1, made);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void It_keeps_so_many_for_each_core_and_disposes_of_the_rest(int slotsPerCore)
    {
        var disposed = 0;
        var pool = new CorePool<Item>(() => new Item(() => disposed++), slotsPerCore);

        for (var i = 0; i < 1000; i++)
        {
            pool.Return(new Item(() => disposed++));
        }

        Assert.Equal(1000 - (Environment.ProcessorCount * slotsPerCore), disposed);
        pool.Dispose();
        Assert.Equal(1000, disposed);
    }

    [Fact]
    public void An_object_that_cannot_be_reset_is_not_kept()
    {
        var disposed = 0;
        var pool = new CorePool<Item>(() => new Item(() => disposed++), 4, _ => false);

        pool.Return(pool.Rent());

        Assert.Equal(1, disposed);
    }

    private sealed class Item(Action onDispose) : IDisposable
    {
        public void Dispose() => onDispose();
    }
}
