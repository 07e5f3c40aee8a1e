namespace ModelApi.Inference.Pooling;

/// <summary>Keeps objects for reuse, a few for each core.</summary>
/// <remarks>
/// Thread-safe and without locks. A core begins at slots of its own, so that a thread gets the memory that its core used last.
/// <c>Microsoft.Extensions.ObjectPool</c> keeps one queue for all cores, which costs a plain prediction more than the prediction does.
/// </remarks>
/// <typeparam name="T">What is kept. A disposable object that finds no room is disposed of.</typeparam>
/// <param name="create">Makes a new object when none is kept.</param>
/// <param name="slotsPerCore">How many objects to keep for each core.</param>
/// <param name="reset">Makes a returned object ready for its next use; false when it is not to be kept. Null to keep all as they are.</param>
public sealed class CorePool<T>(Func<T> create, int slotsPerCore = 1, Func<T, bool>? reset = null) : IDisposable
    where T : class
{
    private readonly T?[] _slots = new T?[Environment.ProcessorCount * slotsPerCore];

    /// <summary>Takes a kept object, or makes one.</summary>
    public T Rent()
    {
        var index = FirstSlot();
        for (var i = 0; i < _slots.Length; i++)
        {
            ref var slot = ref _slots[index];
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } kept)
            {
                return kept;
            }

            index = index + 1 == _slots.Length ? 0 : index + 1;
        }

        return create();
    }

    /// <summary>Takes an object back. The caller must not use it any more.</summary>
    public void Return(T item)
    {
        if (reset?.Invoke(item) != false)
        {
            var index = FirstSlot();
            for (var i = 0; i < _slots.Length; i++)
            {
                ref var slot = ref _slots[index];
                if (slot is null && Interlocked.CompareExchange(ref slot, item, null) is null)
                {
                    return;
                }

                index = index + 1 == _slots.Length ? 0 : index + 1;
            }
        }

        (item as IDisposable)?.Dispose();
    }

    /// <summary>Disposes of the objects that are kept; those in use are disposed of by their users.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            (Interlocked.Exchange(ref _slots[i], null) as IDisposable)?.Dispose();
        }
    }

    private int FirstSlot() => Thread.GetCurrentProcessorId() % Environment.ProcessorCount * slotsPerCore;
}
