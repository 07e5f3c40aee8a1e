using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Batching;

/// <summary>Several callers' rows, scored in one call on a thread of the pool.</summary>
internal sealed class JoinedCall(AdaptiveBatcher batcher, List<WaitingCall> members) : IThreadPoolWorkItem, IDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _stop = new();
    private int _membersThere = members.Count;

    /// <summary>Memory for the rows of one joined call, kept from one call to the next.</summary>
    internal sealed class Workspace(Signature signature, int rows)
    {
        public FeatureBatch Features { get; } = new(signature, rows);

        public PredictionBatch Predictions { get; } = new(signature);
    }

    /// <summary>Cancelled once all callers have left.</summary>
    public void MemberLeft()
    {
        lock (_gate)
        {
            if (--_membersThere == 0)
            {
                _stop?.Cancel();
            }
        }
    }

    public void Execute()
    {
        var workspace = batcher.RentWorkspace();
        try
        {
            Score(workspace);
        }
        catch (Exception exception)
        {
            // Unhandled on a pool thread it would end the process; here the callers without an answer get it.
            members.ForEach(member => member.TrySetException(exception));
        }

        Dispose();
        batcher.EndCall(workspace);
    }

    /// <summary>From here on, members that leave do not cancel the call.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stop?.Dispose();
            _stop = null;
        }
    }

    private void Score(Workspace workspace)
    {
        var scored = members.FindAll(member => member.TryCopyTo(workspace.Features));
        if (scored.Count == 0)
        {
            return;
        }

        try
        {
            batcher.Score(workspace.Features, workspace.Predictions, _stop!.Token);
        }
        catch (OperationCanceledException) when (_stop!.IsCancellationRequested)
        {
            // Every member has left and knows it.
            return;
        }
        catch (Exception) when (scored.Count > 1)
        {
            // Each caller is scored alone again, so that only the caller with the bad row gets its exception.
            scored.ForEach(member => ScoreAlone(member, workspace));
            return;
        }

        var first = 0;
        foreach (var member in scored)
        {
            member.Answer(workspace.Predictions, first);
            first += member.Rows;
        }
    }

    private void ScoreAlone(WaitingCall member, Workspace workspace)
    {
        workspace.Features.Clear();
        if (!member.TryCopyTo(workspace.Features))
        {
            return;
        }

        try
        {
            batcher.Score(workspace.Features, workspace.Predictions, member.CancellationToken);
        }
        catch (Exception exception)
        {
            member.TrySetException(exception);
            return;
        }

        member.Answer(workspace.Predictions, 0);
    }
}
