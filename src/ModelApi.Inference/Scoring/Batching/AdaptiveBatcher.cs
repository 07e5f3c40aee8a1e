using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Batching;

/// <summary>Joins rows of concurrent callers into calls of one scorer, without making anybody wait while the scorer is free.</summary>
/// <remarks>
/// <para>A call begins at once, on its caller's thread, while fewer than <see cref="BatchingPolicy.MaxConcurrentCalls"/> are in
/// flight. Callers that come meanwhile queue up, first come first served, and the end of a call takes as many of them as fit into
/// one. So the size of calls follows the load by itself. <see cref="BatchingPolicy.MaxDelay"/> trades waiting for larger calls;
/// it never delays a caller who is the only one.</para>
/// <para>A caller with <see cref="BatchingPolicy.MaxRows"/> rows or more queues like the others but is scored alone, by itself
/// and without a copy, as is one whom nobody could be joined with. Each caller's answers go into its own
/// <see cref="PredictionBatch"/>, whatever that holds.</para>
/// <para>Owns the scorer: a joined call may outlast its callers, when all have left, and so may outlast their leases.</para>
/// </remarks>
public sealed class AdaptiveBatcher : IDisposable
{
    private readonly Signature _signature;
    private readonly BatchingPolicy _policy;
    private readonly TimeProvider _time;
    private readonly ITimer? _timer;

    private readonly Lock _gate = new();
    private readonly LinkedList<WaitingCall> _queue = [];
    private readonly Stack<JoinedCall.Workspace> _workspaces = [];
    private int _queuedRows;
    private int _running;
    private bool _isTimerSet;
    private bool _isDisposed;

    /// <summary>Makes a batcher for the scorer of one version.</summary>
    /// <param name="scorer">Scores; disposed of with the batcher, after the last call.</param>
    /// <param name="signature">The version's.</param>
    /// <param name="policy">How rows are joined; its mode is not looked at.</param>
    /// <param name="time">Ends a delay.</param>
    public AdaptiveBatcher(IScorer scorer, Signature signature, BatchingPolicy policy, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(policy.MaxRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(policy.MaxConcurrentCalls, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(policy.MaxQueuedRows, policy.MaxRows);
        Scorer = scorer;
        _signature = signature;
        _policy = policy;
        _time = time ?? TimeProvider.System;
        if (policy.MaxDelay > TimeSpan.Zero)
        {
            _timer = _time.CreateTimer(static batcher => ((AdaptiveBatcher)batcher!).EndDelay(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Rows that wait.</summary>
    public int QueuedRows => Volatile.Read(ref _queuedRows);

    /// <summary>Whether a further row would be refused now.</summary>
    public bool IsFull => QueuedRows >= _policy.MaxQueuedRows;

    internal IScorer Scorer { get; }

    /// <summary>Scores every row, perhaps together with those of others.</summary>
    /// <param name="features">At least one row; not to be changed until the task ends, and never read after that.</param>
    /// <param name="predictions">Receives as many rows, in the same order; never written to after the task ends, and undefined unless it ends well.</param>
    /// <param name="cancellationToken">Takes the rows out of the queue, or leaves a call that goes on for others.</param>
    /// <exception cref="ScoringQueueFullException">More rows would wait than may.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public ValueTask ScoreAsync(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        WaitingCall? waiting = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (CanBeginAtOnce(features.Rows))
            {
                _running++;
            }
            else if (_queuedRows > 0 && _queuedRows + features.Rows > _policy.MaxQueuedRows)
            {
                return ValueTask.FromException(new ScoringQueueFullException(
                    $"{_queuedRows} rows wait to be scored; with {features.Rows} more there would be more than {_policy.MaxQueuedRows}."));
            }
            else
            {
                waiting = Enqueue(features, predictions, cancellationToken);
                BeginCalls();
            }
        }

        return waiting is null ? ScoreInTurn(features, predictions, cancellationToken) : WaitAsync(waiting, features, predictions, cancellationToken);
    }

    /// <summary>Lets go of the scorer once no call is in flight; whoever still waits is refused.</summary>
    public void Dispose()
    {
        List<WaitingCall> refused;
        bool isIdle;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            isIdle = _running == 0;
            refused = [.. _queue];
            refused.ForEach(TakeOut);
        }

        _timer?.Dispose();
        refused.ForEach(waiting => waiting.TrySetException(new ObjectDisposedException(nameof(AdaptiveBatcher))));
        if (isIdle)
        {
            Scorer.Dispose();
        }
    }

    /// <summary>Takes a caller who leaves out of the queue.</summary>
    /// <returns>The call that the caller was joined into before, or null.</returns>
    internal JoinedCall? Remove(WaitingCall leaving)
    {
        lock (_gate)
        {
            if (leaving.Place is not null)
            {
                TakeOut(leaving);
            }

            return leaving.Joined;
        }
    }

    internal JoinedCall.Workspace RentWorkspace()
    {
        lock (_gate)
        {
            return _workspaces.TryPop(out var workspace) ? workspace : new JoinedCall.Workspace(_signature, _policy.MaxRows);
        }
    }

    /// <summary>Ends a call and begins those that waited for its end.</summary>
    internal void EndCall(JoinedCall.Workspace? workspace)
    {
        workspace?.Features.Clear();
        bool isLast;
        lock (_gate)
        {
            if (workspace is not null)
            {
                _workspaces.Push(workspace);
            }

            _running--;
            BeginCalls();
            isLast = _isDisposed && _running == 0;
        }

        if (isLast)
        {
            Scorer.Dispose();
        }
    }

    private ValueTask ScoreInTurn(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        try
        {
            Scorer.Score(features, predictions, cancellationToken);
            return ValueTask.CompletedTask;
        }
        catch (Exception exception)
        {
            return ValueTask.FromException(exception);
        }
        finally
        {
            EndCall(workspace: null);
        }
    }

    private async ValueTask WaitAsync(WaitingCall waiting, FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        WaitingCall.Turn turn;
        using (cancellationToken.UnsafeRegister(static waiting => ((WaitingCall)waiting!).Leave(), waiting))
        {
            turn = await waiting.Task.ConfigureAwait(false);
        }

        if (turn == WaitingCall.Turn.IsYours)
        {
            await ScoreInTurn(features, predictions, cancellationToken).ConfigureAwait(false);
        }
    }

    // What follows is called under the gate.

    private bool CanBeginAtOnce(int rows) =>
        _queue.Count == 0 && _running < _policy.MaxConcurrentCalls && (_running == 0 || _timer is null || rows >= _policy.MaxRows);

    private WaitingCall Enqueue(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        var waiting = new WaitingCall(this, features, predictions, cancellationToken) { Arrived = _timer is null ? 0 : _time.GetTimestamp() };
        waiting.Place = _queue.AddLast(waiting);
        _queuedRows += waiting.Rows;
        return waiting;
    }

    private void TakeOut(WaitingCall waiting)
    {
        _queue.Remove(waiting.Place!);
        waiting.Place = null;
        _queuedRows -= waiting.Rows;
    }

    private void BeginCalls()
    {
        while (_running < _policy.MaxConcurrentCalls && _queue.First is { Value: var first })
        {
            var remaining = Remaining(first);
            if (remaining > TimeSpan.Zero)
            {
                SetTimer(remaining);
                return;
            }

            _running++;
            Begin(TakeTogether());
        }
    }

    private void Begin(List<WaitingCall> members)
    {
        if (members is [var only])
        {
            only.SetResult(WaitingCall.Turn.IsYours);
            return;
        }

        var joined = new JoinedCall(this, members);
        members.ForEach(member => member.Joined = joined);

        // Not from the front: whoever was answered just now is to be heard first.
        ThreadPool.UnsafeQueueUserWorkItem(joined, preferLocal: false);
    }

    private List<WaitingCall> TakeTogether()
    {
        var taken = new List<WaitingCall>();
        var rows = 0;
        while (_queue.First is { Value: var next } && (taken.Count == 0 || rows + next.Rows <= _policy.MaxRows))
        {
            TakeOut(next);
            taken.Add(next);
            rows += next.Rows;
        }

        return taken;
    }

    // How much longer the first caller waits for others.
    private TimeSpan Remaining(WaitingCall first) =>
        _timer is null || _isDisposed || _queuedRows >= _policy.MaxRows ? TimeSpan.Zero : _policy.MaxDelay - _time.GetElapsedTime(first.Arrived);

    private void SetTimer(TimeSpan remaining)
    {
        if (!_isTimerSet)
        {
            // Timers count whole milliseconds and would end a fraction of one at once.
            _isTimerSet = _timer!.Change(TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }
    }

    private void EndDelay()
    {
        lock (_gate)
        {
            _isTimerSet = false;
            BeginCalls();
        }
    }
}
