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

    /// <summary>Stops the work once nobody is left who would read the answers.</summary>
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
            // On a thread of the pool it would end the process; here it reaches whoever has no answer yet.
            members.ForEach(member => member.TrySetException(exception));
        }

        Dispose();
        batcher.EndCall(workspace);
    }

    /// <summary>From here on, members that leave stop nothing.</summary>
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
            batcher.Scorer.Score(workspace.Features, workspace.Predictions, _stop!.Token);
        }
        catch (OperationCanceledException) when (_stop!.IsCancellationRequested)
        {
            // Every member has left and knows it.
            return;
        }
        catch (Exception) when (scored.Count > 1)
        {
            // The guilty row's own exception goes to its caller, when that is scored alone.
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
            batcher.Scorer.Score(workspace.Features, workspace.Predictions, member.CancellationToken);
        }
        catch (Exception exception)
        {
            member.TrySetException(exception);
            return;
        }

        member.Answer(workspace.Predictions, 0);
    }
}
