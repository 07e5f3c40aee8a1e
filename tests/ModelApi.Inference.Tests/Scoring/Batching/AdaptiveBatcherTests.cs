using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Batching;

namespace ModelApi.Inference.Tests.Scoring.Batching;

public sealed class AdaptiveBatcherTests
{
    private static readonly BatchingPolicy OneAtATime = new() { MaxConcurrentCalls = 1 };

    private readonly HeldScorer _scorer = new();
    private readonly ManualTime _time = new();

    [Fact]
    public void A_lone_caller_is_scored_at_once_on_its_own_thread()
    {
        using var batcher = Batcher(OneAtATime with { MaxDelay = TimeSpan.FromSeconds(1) });
        var predictions = new PredictionBatch(Identified.Signature);
        _scorer.EndCalls();

        var task = batcher.ScoreAsync(Identified.Rows(7), predictions, CancellationToken.None);

        Assert.True(task.IsCompletedSuccessfully);
        Assert.Equal(Identified.AnswersTo(7), predictions.Values.ToArray());
    }

    [Fact]
    public async Task Callers_who_come_during_a_call_are_scored_together_after_it_in_their_order()
    {
        using var batcher = Batcher();
        var first = await BeginAsync(batcher, 1);

        var waiting = new[] { Call(batcher, 2), Call(batcher, 3, 4), Call(batcher, 5) };
        Assert.Equal(4, batcher.QueuedRows);
        _scorer.EndCalls(2);

        Assert.Equal(Identified.AnswersTo(1), await first);
        Assert.Equal([2, 3, 4, 5], (await Task.WhenAll(waiting)).SelectMany(answers => answers).Select(answer => (int)(answer - 1) / 3));
        Assert.Equal([[1], [2, 3, 4, 5]], _scorer.Calls);
        Assert.Equal(0, batcher.QueuedRows);
    }

    [Fact]
    public async Task As_many_calls_run_side_by_side_as_may()
    {
        using var batcher = Batcher(OneAtATime with { MaxConcurrentCalls = 2 });
        var running = new[] { await BeginAsync(batcher, 1), await BeginAsync(batcher, 2) };

        var waiting = Call(batcher, 3);

        Assert.Equal(1, batcher.QueuedRows);
        _scorer.EndCalls(3);
        await Task.WhenAll([.. running, waiting]);
    }

    [Fact]
    public async Task A_joined_call_holds_no_more_rows_than_it_may_and_a_large_caller_is_scored_alone()
    {
        using var batcher = Batcher(OneAtATime with { MaxRows = 3 });
        var calls = new List<Task<float[]>> { await BeginAsync(batcher, 1) };

        calls.AddRange([Call(batcher, 2), Call(batcher, 3, 4), Call(batcher, 5, 6), Call(batcher, 7, 8, 9, 10), Call(batcher, 11)]);
        _scorer.EndCalls(5);
        await Task.WhenAll(calls);

        Assert.Equal([[1], [2, 3, 4], [5, 6], [7, 8, 9, 10], [11]], _scorer.Calls);
    }

    [Fact]
    public async Task A_bad_row_fails_alone()
    {
        using var batcher = Batcher();
        var calls = new List<Task<float[]>> { await BeginAsync(batcher, 1) };

        var before = Call(batcher, 2);
        var bad = Call(batcher, -3);
        var after = Call(batcher, 4);
        _scorer.EndCalls(5);

        Assert.Equal(Identified.AnswersTo(2), await before);
        Assert.Equal(Identified.AnswersTo(4), await after);
        Assert.Equal(-3, (await Assert.ThrowsAsync<BadRowException>(() => bad)).Id);
        Assert.Equal([[1], [2, -3, 4], [2], [-3], [4]], _scorer.Calls);
    }

    [Fact]
    public async Task A_call_that_fails_by_itself_lets_the_next_one_begin()
    {
        using var batcher = Batcher();
        var bad = await BeginAsync(batcher, -1);

        var next = Call(batcher, 2);
        _scorer.EndCalls(2);

        await Assert.ThrowsAsync<BadRowException>(() => bad);
        Assert.Equal(Identified.AnswersTo(2), await next);
    }

    [Fact]
    public async Task A_caller_who_is_cancelled_leaves_the_queue_and_is_not_scored()
    {
        using var batcher = Batcher();
        var first = await BeginAsync(batcher, 1);
        using var cancellation = new CancellationTokenSource();
        var leaving = Call(batcher, cancellation.Token, 2);
        var staying = Call(batcher, 3);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(1, batcher.QueuedRows);
        _scorer.EndCalls(2);
        await Task.WhenAll(first, staying);
        Assert.Equal([[1], [3]], _scorer.Calls);
    }

    [Fact]
    public async Task A_caller_who_is_cancelled_during_a_joined_call_leaves_at_once_and_its_memory_is_left_alone()
    {
        using var batcher = Batcher();
        var first = await BeginAsync(batcher, 1);
        using var cancellation = new CancellationTokenSource();
        var (features, predictions) = (Identified.Rows(2), new PredictionBatch(Identified.Signature));
        var leaving = batcher.ScoreAsync(features, predictions, cancellation.Token).AsTask();
        var staying = Call(batcher, 3);
        _scorer.EndCalls();
        await first;
        await _scorer.WaitForCallAsync();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        var isStillScoring = !staying.IsCompleted;
        predictions.Resize(1);
        predictions.Values[0] = -1;
        _scorer.EndCalls();

        Assert.True(isStillScoring);
        Assert.Equal(Identified.AnswersTo(3), await staying);
        Assert.Equal(-1, predictions.Values[0]);
    }

    [Fact]
    public async Task A_joined_call_that_everybody_has_left_is_stopped_and_the_scorer_freed_after_it()
    {
        var batcher = Batcher();
        var first = await BeginAsync(batcher, 1);
        using var cancellation = new CancellationTokenSource();
        var leaving = new[] { Call(batcher, cancellation.Token, 2), Call(batcher, cancellation.Token, 3) };
        _scorer.EndCalls();
        await first;
        await _scorer.WaitForCallAsync();

        batcher.Dispose();
        var whileScoring = _scorer.IsDisposed;
        await cancellation.CancelAsync();

        Assert.False(whileScoring);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving[0]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving[1]);
        Assert.True(SpinWait.SpinUntil(() => _scorer.IsDisposed, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task More_rows_than_may_wait_are_refused_until_some_have_left()
    {
        using var batcher = Batcher(OneAtATime with { MaxRows = 4, MaxQueuedRows = 4 });
        var first = await BeginAsync(batcher, 1);
        using var cancellation = new CancellationTokenSource();
        var leaving = Call(batcher, cancellation.Token, 2, 3, 4);

        await Assert.ThrowsAsync<ScoringQueueFullException>(() => Call(batcher, 5, 6));
        var isFull = batcher.IsFull;
        var fits = Call(batcher, 5);
        var isFullThen = batcher.IsFull;
        await cancellation.CancelAsync();
        var fitsNow = Call(batcher, 6, 7);
        _scorer.EndCalls(2);

        Assert.Equal((false, true), (isFull, isFullThen));
        await Task.WhenAll(first, fits, fitsNow);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal([[1], [5, 6, 7]], _scorer.Calls);
    }

    [Fact]
    public async Task Rows_that_would_wait_too_long_are_refused()
    {
        using var batcher = Batcher(OneAtATime with { MaxQueueTime = TimeSpan.FromMilliseconds(250) });
        var measured = await BeginAsync(batcher, 1);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        _scorer.EndCalls(1);
        await measured;

        // 100 ms a row: the row after 200 ms of others waits, the row after 300 ms is refused.
        var first = await BeginAsync(batcher, 2);
        var waiting = Enumerable.Range(3, 3).Select(id => Call(batcher, id)).ToList();
        await Assert.ThrowsAsync<ScoringQueueFullException>(() => Call(batcher, 6));

        Assert.True(batcher.IsFull);
        _scorer.EndCalls(4);
        await Task.WhenAll([first, .. waiting]);
    }

    [Fact]
    public async Task A_caller_larger_than_the_queue_waits_where_nobody_else_does()
    {
        using var batcher = Batcher(OneAtATime with { MaxRows = 2, MaxQueuedRows = 2 });
        var first = await BeginAsync(batcher, 1);

        var large = Call(batcher, 2, 3, 4, 5);
        await Assert.ThrowsAsync<ScoringQueueFullException>(() => Call(batcher, 6));
        _scorer.EndCalls(2);

        Assert.Equal(Identified.AnswersTo(2, 3, 4, 5), await large);
        await first;
    }

    [Fact]
    public async Task A_delay_lets_callers_wait_for_company_while_another_call_runs_but_no_longer()
    {
        using var batcher = Batcher(OneAtATime with { MaxConcurrentCalls = 2, MaxDelay = TimeSpan.FromMilliseconds(5) });
        var first = await BeginAsync(batcher, 1);

        var second = Call(batcher, 2);
        _time.Advance(TimeSpan.FromMilliseconds(4));
        var third = Call(batcher, 3);
        var begunBefore = _scorer.Calls.Count;
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await _scorer.WaitForCallAsync();
        _scorer.EndCalls(2);

        await Task.WhenAll(first, second, third);
        Assert.Equal(1, begunBefore);
        Assert.Equal([[1], [2, 3]], _scorer.Calls);
    }

    [Fact]
    public async Task A_delay_ends_as_soon_as_a_call_is_full()
    {
        using var batcher = Batcher(OneAtATime with { MaxConcurrentCalls = 2, MaxRows = 2, MaxDelay = TimeSpan.FromMilliseconds(5) });
        var first = await BeginAsync(batcher, 1);

        var second = Call(batcher, 2);
        var third = Call(batcher, 3);
        await _scorer.WaitForCallAsync();
        _scorer.EndCalls(2);

        await Task.WhenAll(first, second, third);
        Assert.Equal([[1], [2, 3]], _scorer.Calls);
    }

    [Fact]
    public async Task After_it_is_disposed_of_nobody_is_scored()
    {
        var batcher = Batcher();
        var first = await BeginAsync(batcher, 1);
        var waiting = Call(batcher, 2);

        batcher.Dispose();
        batcher.Dispose();
        _scorer.EndCalls();

        await first;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Call(batcher, 3));
        Assert.True(_scorer.IsDisposed);
    }

    private AdaptiveBatcher Batcher(BatchingPolicy? policy = null) =>
        new(_scorer, Identified.Signature, policy ?? OneAtATime, _time);

    /// <summary>Starts a call that holds its thread, and waits until it is in the scorer.</summary>
    private async Task<Task<float[]>> BeginAsync(AdaptiveBatcher batcher, int id)
    {
        var task = Task.Run(() => Call(batcher, id));
        await _scorer.WaitForCallAsync();
        return task;
    }

    private static Task<float[]> Call(AdaptiveBatcher batcher, params int[] ids) => Call(batcher, CancellationToken.None, ids);

    private static async Task<float[]> Call(AdaptiveBatcher batcher, CancellationToken cancellationToken, params int[] ids)
    {
        var predictions = new PredictionBatch(Identified.Signature);
        await batcher.ScoreAsync(Identified.Rows(ids), predictions, cancellationToken);
        return predictions.Values.ToArray();
    }
}
