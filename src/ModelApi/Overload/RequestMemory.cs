using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using ModelApi.Limits;

namespace ModelApi.Overload;

/// <summary>One budget for the memory of all requests: bodies that the server buffers, and what reading and scoring them takes.</summary>
/// <remarks>Thread-safe. A small body that the server has received whole stays in Kestrel's own buffer and takes nothing from it.</remarks>
internal sealed class RequestMemory
{
    private const int ShareOfMemory = 4;
    private const long Megabyte = 1024 * 1024;

    private long _used;

    public RequestMemory(IOptions<LimitsOptions> limits, IMeterFactory meters)
    {
        // Of the container where it has a limit, or else of the machine.
        Limit = limits.Value.MaxRequestMemoryMegabytes * Megabyte ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory;
        meters.Create("ModelApi.Requests").CreateObservableUpDownCounter(
            "modelapi.request.memory", () => Used, "By", "Memory that requests in progress have reserved.");
    }

    /// <summary>The size of the budget, in bytes.</summary>
    public long Limit { get; }

    /// <summary>The reserved bytes.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Reserves memory, which the caller must release.</summary>
    /// <returns>Whether there was as much.</returns>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= Limit)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
