using System.Diagnostics;

namespace ModelApi.Inference.Loading;

/// <summary>Runs loads on threads of their own, and watches their time and memory from one more thread.</summary>
/// <remarks>
/// Not the threads of the pool: work that cannot be stopped is left on its thread, and a pool that such work has emptied would run no
/// timer either.
/// </remarks>
internal static class LoadWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    private static readonly Lock Gate = new();
    private static readonly List<WatchedLoad> Loads = [];
    private static bool _isWatching;

    /// <summary>Runs work on a thread of its own.</summary>
    /// <param name="work">The work.</param>
    /// <param name="drop">Takes the result of work that ends after its task has failed.</param>
    /// <param name="start">When the time began, as a timestamp of <see cref="Stopwatch"/>.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="folder">The bundle's folder, whose graphs add to the budget.</param>
    /// <param name="hasCeiling">Whether the system refuses memory far above the budget, to the rest of the process too.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="LoadLimitException">The work exceeded a limit.</exception>
    public static Task<T> RunAsync<T>(
        Func<WatchedLoad, T> work,
        Action<T> drop,
        long start,
        LoadLimits limits,
        string folder,
        bool hasCeiling,
        CancellationToken cancellationToken)
        where T : class?
    {
        var deadline = start + (long)(limits.Timeout.TotalSeconds * Stopwatch.Frequency);
        var load = new Load<T>(work, drop, deadline, limits.MemoryFor(folder), hasCeiling, cancellationToken);
        lock (Gate)
        {
            foreach (var other in Loads)
            {
                (load.IsAmongOthers, other.IsAmongOthers) = (true, true);
            }

            Loads.Add(load);
            if (!_isWatching)
            {
                _isWatching = true;
                Start(Watch);
            }
        }

        Start(load.Run);
        return load.Task;
    }

    internal static void Remove(WatchedLoad load)
    {
        lock (Gate)
        {
            Loads.Remove(load);
        }
    }

    private static void Watch()
    {
        while (true)
        {
            Thread.Sleep(Interval);
            WatchedLoad[] loads;
            lock (Gate)
            {
                if (Loads.Count == 0)
                {
                    _isWatching = false;
                    return;
                }

                loads = [.. Loads];
            }

            var resident = ProcessMemory.Read().Resident;
            foreach (var load in loads)
            {
                if (!load.Look(resident))
                {
                    Remove(load);
                }
            }
        }
    }

    private static void Start(ThreadStart start) =>
        new Thread(start) { IsBackground = true, Name = "Loading" }.UnsafeStart();

    private sealed class Load<T>(
        Func<WatchedLoad, T> work, Action<T> drop, long deadline, long memory, bool hasCeiling, CancellationToken cancellationToken)
        : WatchedLoad(deadline, memory, hasCeiling, cancellationToken)
        where T : class?
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => _completion.Task;

        public void Run() => Run(() =>
        {
            try
            {
                var result = work(this);
                if (Exceeded != LoadLimit.None || !_completion.TrySetResult(result))
                {
                    _completion.TrySetException(Reason());
                    drop(result);
                }
            }
            catch (OperationCanceledException) when (Token.IsCancellationRequested)
            {
                _completion.TrySetException(Reason());
            }
            catch (Exception exception)
            {
                _completion.TrySetException(exception);
            }
        });

        protected override void Abandon() => _completion.TrySetException(Reason());
    }
}
