namespace ModelApi.Overload;

/// <summary>
/// Runs the work on large bodies (unpacking, reading, scoring) on a few threads of low priority, so that it takes what small requests
/// leave, and all of the processor where there are none.
/// </summary>
/// <remarks>
/// Callers are served in turn, each in the order of its requests. What waits is bounded by the deadline and by the memory for bodies: to
/// refuse a body of megabytes that has come in is no relief.
/// </remarks>
internal sealed class LargeBodies : IDisposable
{
    /// <summary>Bytes from which on a body is large.</summary>
    public const int Smallest = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _waitingCount = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CallerTurns _waiting;
    private bool _isStarted;

    // What waits for a turn goes on on the thread that gives it.
    public LargeBodies() => _waiting = new CallerTurns(TryRemove, TaskCreationOptions.None);

    /// <summary>Waits for a thread. The caller then switches to it (<see cref="Turn.Switch"/>), and goes on there until it waits.</summary>
    /// <returns>The turn, which the caller ends.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async ValueTask<Turn> EnterAsync(string caller, CancellationToken cancellationToken)
    {
        WaitingRequest request;
        lock (_lock)
        {
            Start();
            request = _waiting.Add(caller);
        }

        // Registered before a thread can take it: disposing of a registration from the thread that it would run on is then no wait.
        var cancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((WaitingRequest)state!).Cancel(token), request);
        _waitingCount.Release();
        try
        {
            await request.Task;
        }
        finally
        {
            await cancellation.DisposeAsync();
        }

        return request.Turn!;
    }

    public void Dispose() => _stopping.Cancel();

    private void Start()
    {
        for (var i = 0; i < Environment.ProcessorCount && !_isStarted; i++)
        {
            new Thread(Run) { IsBackground = true, Name = "Large bodies", Priority = ThreadPriority.BelowNormal }.Start();
        }

        _isStarted = true;
    }

    private void Run()
    {
        // Where a sandbox forbids it, large bodies are only kept to a few threads.
        LowPriority.Lower();
        try
        {
            while (true)
            {
                _waitingCount.Wait(_stopping.Token);
                if (TryTakeNext() is { } request)
                {
                    var turn = new Turn();
                    request.LetIn(turn);

                    // It may have gone on elsewhere, until it switches to this thread.
                    turn.RunToEnd(_stopping.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private WaitingRequest? TryTakeNext()
    {
        lock (_lock)
        {
            return _waiting.Count > 0 ? _waiting.TakeNext() : null;
        }
    }

    private bool TryRemove(WaitingRequest request)
    {
        lock (_lock)
        {
            return _waiting.TryRemove(request);
        }
    }

    /// <summary>The use of one thread, by which it is made.</summary>
    public sealed class Turn : IDisposable
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private readonly SemaphoreSlim _signals = new(0);
        private Action? _next;

        /// <summary>
        /// Awaited, switches to the thread. Whoever waits for a turn may find it there already, and then goes on on its own thread.
        /// </summary>
        public ThreadSwitch Switch => new(this);

        internal bool IsItsThread => Environment.CurrentManagedThreadId == _thread;

        /// <summary>Lets the thread run something that comes before the end of the turn.</summary>
        internal void Run(Action next)
        {
            _next = next;
            _signals.Release();
        }

        /// <summary>Called by the thread: runs what it is given, until the turn ends.</summary>
        internal void RunToEnd(CancellationToken stopping)
        {
            do
            {
                _signals.Wait(stopping);
            }
            while (TryRunNext());
        }

        public void Dispose() => _signals.Release();

        private bool TryRunNext()
        {
            if (Interlocked.Exchange(ref _next, null) is not { } next)
            {
                return false;
            }

            next();
            return true;
        }
    }
}
