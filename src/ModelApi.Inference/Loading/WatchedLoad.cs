using System.Diagnostics;

namespace ModelApi.Inference.Loading;

/// <summary>Work on a thread of its own that <see cref="LoadWatch"/> stops when it exceeds a limit.</summary>
/// <param name="deadline">When it must have ended, as a timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="memory">Bytes by which the process may grow meanwhile.</param>
/// <param name="hasCeiling">Whether the system refuses memory far above the budget, see <see cref="Limit"/>.</param>
/// <param name="cancellationToken">Stops the work for another reason.</param>
internal abstract class WatchedLoad(long deadline, long memory, bool hasCeiling, CancellationToken cancellationToken)
{
    // How long work that was stopped may take to end. After that it is left alone, because nothing can end a thread.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly long _residentBefore = ProcessMemory.Read().Resident;
    private long _memory = memory;
    private MemoryCeiling? _ceiling;
    private long _stopped;

    /// <summary>Cancelled when the work exceeds a limit, or its caller has stopped it.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The limit that it exceeded.</summary>
    protected LoadLimit Exceeded { get; private set; }

    /// <summary>Whether other work was watched at any time meanwhile: memory that it has freed is not returned at once.</summary>
    public bool IsAmongOthers { get; set; }

    /// <summary>Sets the budget, for work that has found out how much it needs.</summary>
    /// <param name="memory">Bytes by which the process may grow, counted from the beginning of the work.</param>
    public void Limit(long memory)
    {
        Volatile.Write(ref _memory, memory);
        if (hasCeiling)
        {
            _ceiling ??= MemoryCeiling.Enter(memory);
        }
    }

    /// <summary>Looks whether the work is within its limits.</summary>
    /// <param name="resident">Bytes of the process in physical memory.</param>
    /// <returns>Whether to go on watching.</returns>
    public bool Look(long resident)
    {
        var now = Stopwatch.GetTimestamp();
        if (_stopped == 0)
        {
            var exceeded = now > deadline ? LoadLimit.Timeout
                : resident - _residentBefore > Volatile.Read(ref _memory) ? LoadLimit.Memory
                : LoadLimit.None;
            if (exceeded == LoadLimit.None && !_stop.IsCancellationRequested)
            {
                return true;
            }

            Exceeded = exceeded;
            _stopped = now;
            _stop.Cancel();
            return true;
        }

        if (Stopwatch.GetElapsedTime(_stopped, now) < Grace)
        {
            return true;
        }

        Abandon();
        return false;
    }

    /// <summary>Completes the work's task although the work goes on.</summary>
    protected abstract void Abandon();

    /// <summary>Why the work ended early.</summary>
    protected Exception Reason() => Exceeded == LoadLimit.None
        ? new OperationCanceledException(cancellationToken)
        : new LoadLimitException(Exceeded, IsAmongOthers);

    /// <summary>Runs the work.</summary>
    protected void Run(Action work)
    {
        try
        {
            work();
        }
        finally
        {
            _ceiling?.Dispose();
            LoadWatch.Remove(this);
        }
    }
}
