using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Batching;

/// <summary>Joins rows of concurrent callers into calls of one scorer. No caller waits while the scorer is free.</summary>
/// <remarks>
/// <para>A call begins at once, on its caller's thread, while fewer than <see cref="BatchingPolicy.MaxConcurrentCalls"/> are in
/// flight. Later callers queue, first come first served; when a call ends, as many of them as fit are joined into the next one, so
/// the size of calls follows the load. <see cref="BatchingPolicy.MaxDelay"/> trades waiting for larger calls; it never delays a
/// single caller.</para>
/// <para>A caller with <see cref="BatchingPolicy.MaxRows"/> rows or more queues like the others but is scored alone and without a
/// copy, like a caller that finds no others to join. The answers overwrite each caller's own <see cref="PredictionBatch"/>.</para>
/// <para>The batcher owns the scorer, because a joined call may outlast the leases of callers that have left.</para>
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
    private readonly RowCost _rowCost;
    private int _queuedRows;
    private int _running;
    private bool _isTimerSet;
    private bool _isDisposed;

    /// <summary>Makes a batcher for the scorer of one version.</summary>
    /// <param name="scorer">The scorer; disposed of after the last call.</param>
    /// <param name="signature">The signature of the version.</param>
    /// <param name="policy">How rows are joined; the mode is ignored.</param>
    /// <param name="time">The clock that ends a delay.</param>
    public AdaptiveBatcher(IScorer scorer, Signature signature, BatchingPolicy policy, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(policy.MaxRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(policy.MaxConcurrentCalls, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(policy.MaxQueuedRows, policy.MaxRows);
        Scorer = scorer;
        _signature = signature;
        _policy = policy;
        _time = time ?? TimeProvider.System;
        _rowCost = new RowCost(_time);
        if (policy.MaxDelay > TimeSpan.Zero)
        {
            _timer = _time.CreateTimer(
                static batcher => ((AdaptiveBatcher)batcher!).EndDelay(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Rows in the queue.</summary>
    public int QueuedRows => Volatile.Read(ref _queuedRows);

    /// <summary>Whether the queue is full, so that one more row would be refused.</summary>
    public bool IsFull => QueuedRows >= _policy.MaxQueuedRows || IsTooLong(QueuedRows);

    internal IScorer Scorer { get; }

    /// <summary>Scores every row, possibly in one call with rows of other callers.</summary>
    /// <param name="features">At least one row; not to be changed until the task ends, and never read after that.</param>
    /// <param name="predictions">Receives as many rows, in the same order; undefined unless the task succeeds.</param>
    /// <param name="cancellationToken">Removes the rows from the queue, or leaves a call that goes on for others.</param>
    /// <exception cref="ScoringQueueFullException">The queue has no room for the rows.</exception>
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
            else if (_queuedRows > 0 && (_queuedRows + features.Rows > _policy.MaxQueuedRows || IsTooLong(_queuedRows)))
            {
                return ValueTask.FromException(new ScoringQueueFullException(
                    $"{_queuedRows} rows wait to be scored; {features.Rows} more would be too many, or would wait too long."));
            }
            else
            {
                waiting = Enqueue(features, predictions, cancellationToken);
                BeginCalls();
            }
        }

        return waiting is null
            ? ScoreInTurn(features, predictions, cancellationToken)
            : WaitAsync(waiting, features, predictions, cancellationToken);
    }

    /// <summary>Refuses callers in the queue, and frees the scorer once no call is in flight.</summary>
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

    /// <summary>Removes a caller that leaves from the queue.</summary>
    /// <returns>The joined call that already has the caller's rows, or null.</returns>
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

    /// <summary>Scores rows of one call, and learns what a row takes.</summary>
    internal void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken) =>
        _rowCost.Score(Scorer, features, predictions, cancellationToken);

    /// <summary>Ends a call and begins those in the queue.</summary>
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

    private bool IsTooLong(int queuedRows) => _rowCost.Of(queuedRows) / _policy.MaxConcurrentCalls > _policy.MaxQueueTime;

    private ValueTask ScoreInTurn(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        try
        {
            Score(features, predictions, cancellationToken);
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

    private async ValueTask WaitAsync(
        WaitingCall waiting, FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
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

    // The methods below are called under the gate.

    private bool CanBeginAtOnce(int rows) =>
        _queue.Count == 0 && _running < _policy.MaxConcurrentCalls && (_running == 0 || _timer is null || rows >= _policy.MaxRows);

    private WaitingCall Enqueue(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        var arrived = _timer is null ? 0 : _time.GetTimestamp();
        var waiting = new WaitingCall(this, features, predictions, cancellationToken) { Arrived = arrived };
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

        // Queued globally: the continuations of callers that were just answered come first.
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
        _timer is null || _isDisposed || _queuedRows >= _policy.MaxRows
            ? TimeSpan.Zero
            : _policy.MaxDelay - _time.GetElapsedTime(first.Arrived);

    private void SetTimer(TimeSpan remaining)
    {
        if (!_isTimerSet)
        {
            // Timers count whole milliseconds; a fraction would end at once.
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
