using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring.Batching;

/// <summary>A caller in the queue. Completes when its rows are answered, or when it is the caller's turn to score them.</summary>
/// <remarks>Continuations run asynchronously, so that the scoring thread never runs a caller's code.</remarks>
internal sealed class WaitingCall(
    AdaptiveBatcher batcher, FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    : TaskCompletionSource<WaitingCall.Turn>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    // Held while the caller's memory is read or written. A caller that leaves takes it first, so its memory is not touched afterwards.
    private readonly Lock _memory = new();
    private bool _hasLeft;

    internal enum Turn
    {
        /// <summary>The rows were scored among others, and the answers are written.</summary>
        IsOver,

        /// <summary>The caller scores its rows itself.</summary>
        IsYours,
    }

    public int Rows { get; } = features.Rows;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Its place in the queue, or null after its removal. Guarded by the batcher.</summary>
    public LinkedListNode<WaitingCall>? Place { get; set; }

    /// <summary>When it arrived, as a timestamp of the batcher's clock.</summary>
    public long Arrived { get; init; }

    /// <summary>The joined call that has its rows. Guarded by the batcher.</summary>
    public JoinedCall? Joined { get; set; }

    /// <summary>Appends the caller's rows to a batch, unless the caller has left.</summary>
    public bool TryCopyTo(FeatureBatch joined)
    {
        lock (_memory)
        {
            for (var row = 0; row < Rows && !_hasLeft; row++)
            {
                features.CopyRowTo(joined, row);
            }

            return !_hasLeft;
        }
    }

    /// <summary>Gives the caller its answers, unless it has left.</summary>
    /// <param name="joined">The answers to all rows of a call.</param>
    /// <param name="first">The index of the caller's first row.</param>
    public void Answer(PredictionBatch joined, int first)
    {
        lock (_memory)
        {
            if (_hasLeft)
            {
                return;
            }

            joined.CopyRowsTo(predictions, first, Rows);
        }

        TrySetResult(Turn.IsOver);
    }

    /// <summary>Called when the caller's token is cancelled.</summary>
    public void Leave()
    {
        var joined = batcher.Remove(this);
        lock (_memory)
        {
            _hasLeft = true;
        }

        joined?.MemberLeft();
        TrySetCanceled(cancellationToken);
    }
}
