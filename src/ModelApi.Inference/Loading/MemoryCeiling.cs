namespace ModelApi.Inference.Loading;

/// <summary>A limit on the memory of the whole process while a version loads, on Linux.</summary>
/// <remarks>
/// A graph can ask for any amount of memory in one operator, which no token stops. Above the ceiling the system refuses the memory, and
/// ONNX Runtime reports that as an error. The ceiling lies above the budget, so that a load is first stopped by the watch if it can be.
/// </remarks>
internal sealed class MemoryCeiling : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly List<MemoryCeiling> Loads = [];
    private static ulong? _before;

    private readonly long _budget;

    private MemoryCeiling(long budget) => _budget = budget;

    /// <summary>Allows the process to grow by twice the budget from here on, until this and all others are disposed of.</summary>
    /// <param name="budget">Bytes that the load may take.</param>
    /// <returns>Null where the system has no such limit.</returns>
    public static MemoryCeiling? Enter(long budget)
    {
        if (!ResourceLimit.IsSupported || ProcessMemory.Read().Data is not (> 0 and var data))
        {
            return null;
        }

        lock (Gate)
        {
            var ceiling = new MemoryCeiling(budget);
            Loads.Add(ceiling);
            var before = ResourceLimit.SetCurrent(ResourceLimit.Data, (ulong)(data + Loads.Sum(load => 2 * load._budget)));
            _before ??= before;
            return ceiling;
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (Loads.Remove(this) && Loads.Count == 0 && _before is { } before)
            {
                _ = ResourceLimit.SetCurrent(ResourceLimit.Data, before);
                _before = null;
            }
        }
    }
}
