using System.Runtime.InteropServices;

namespace ModelApi.Overload;

/// <summary>
/// Runs the work on large bodies (unpacking, reading, scoring) on a few threads of low priority, so that it takes what small requests
/// leave, and all of the processor where there are none.
/// </summary>
/// <remarks>
/// Callers are served in turn, each in the order of its requests. What waits is bounded by the deadline and by the memory for bodies: to
/// refuse a body of megabytes that has come in is no relief.
/// </remarks>
internal sealed partial class LargeBodies : IDisposable
{
    /// <summary>Bytes from which on a body is large.</summary>
    public const int Smallest = 64 * 1024;

    private const int LowPriority = 10;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _waitingCount = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CallerTurns _waiting;
    private bool _isStarted;

    // What waits for a turn goes on on the thread that gives it.
    public LargeBodies() => _waiting = new CallerTurns(TryRemove, TaskCreationOptions.None);

    /// <summary>Waits for a thread, on which the caller goes on until it waits for something else.</summary>
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
        // .NET sets no priority on Linux; there it belongs to a thread, and 0 is the one that calls. Where a sandbox forbids it, large
        // bodies are only kept to a few threads.
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(0, 0, LowPriority);
        }

        try
        {
            while (true)
            {
                _waitingCount.Wait(_stopping.Token);
                if (TryTakeNext() is { } request)
                {
                    var turn = new Turn();
                    request.LetIn(turn);

                    // It may have gone on elsewhere: then this thread is not needed until it is done.
                    turn.Done.Wait(_stopping.Token);
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

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    /// <summary>The use of one thread.</summary>
    public sealed class Turn : IDisposable
    {
        internal ManualResetEventSlim Done { get; } = new();

        public void Dispose() => Done.Set();
    }
}
