namespace ModelApi.Inference.Pooling;

/// <summary>Keeps objects for reuse, a few for each core.</summary>
/// <remarks>
/// Thread-safe and without locks. A core begins at slots of its own, so that a thread gets the memory that its core used last.
/// <c>Microsoft.Extensions.ObjectPool</c> keeps one queue for all cores, which would cost a row as much as scoring it does.
/// </remarks>
/// <typeparam name="T">What is kept. A disposable object that finds no room is disposed of.</typeparam>
public sealed class CorePool<T> : IDisposable
    where T : class
{
    // 128 bytes: two cores must not write to one cache line, nor to two that are fetched together.
    private const int MinStride = 16;

    private readonly Func<T> _create;
    private readonly Func<T, bool>? _reset;
    private readonly int _slotsPerCore;
    private readonly int _stride;
    private readonly Slot[] _slots;

    /// <summary>Makes a pool that is empty.</summary>
    /// <param name="create">Makes a new object when none is kept.</param>
    /// <param name="slotsPerCore">How many objects to keep for each core.</param>
    /// <param name="reset">
    /// Makes a returned object ready for its next use; false when it is not to be kept. Null to keep all as they are.
    /// </param>
    public CorePool(Func<T> create, int slotsPerCore = 1, Func<T, bool>? reset = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slotsPerCore, 1);
        _create = create;
        _reset = reset;
        _slotsPerCore = slotsPerCore;
        _stride = Math.Max(MinStride, slotsPerCore);
        _slots = new Slot[Environment.ProcessorCount * _stride];
    }

    /// <summary>Takes a kept object, or makes one.</summary>
    public T Rent()
    {
        var first = FirstSlot();
        var core = first;
        do
        {
            for (var i = core; i < core + _slotsPerCore; i++)
            {
                ref var slot = ref _slots[i].Item;
                if (slot is not null && Interlocked.Exchange(ref slot, null) is { } kept)
                {
                    return kept;
                }
            }

            core = Next(core);
        }
        while (core != first);

        return _create();
    }

    /// <summary>Takes an object back. The caller must not use it any more.</summary>
    public void Return(T item)
    {
        if (_reset?.Invoke(item) != false && TryKeep(item))
        {
            return;
        }

        (item as IDisposable)?.Dispose();
    }

    /// <summary>Disposes of the objects that are kept. Those in use are their users'.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            (Interlocked.Exchange(ref _slots[i].Item, null) as IDisposable)?.Dispose();
        }
    }

    private bool TryKeep(T item)
    {
        var first = FirstSlot();
        var core = first;
        do
        {
            for (var i = core; i < core + _slotsPerCore; i++)
            {
                ref var slot = ref _slots[i].Item;
                if (slot is null && Interlocked.CompareExchange(ref slot, item, null) is null)
                {
                    return true;
                }
            }

            core = Next(core);
        }
        while (core != first);

        return false;
    }

    private int FirstSlot() => Thread.GetCurrentProcessorId() % Environment.ProcessorCount * _stride;

    private int Next(int core) => core + _stride == _slots.Length ? 0 : core + _stride;

    // In an array of references, each access would check the array's type.
    private struct Slot
    {
        public T? Item;
    }
}
