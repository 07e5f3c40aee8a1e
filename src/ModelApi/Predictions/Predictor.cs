using System.Diagnostics.CodeAnalysis;
using ModelApi.Errors;
using ModelApi.Inference.Pooling;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.Batching;
using ModelApi.Models;
using ModelApi.Overload;

namespace ModelApi.Predictions;

/// <summary>
/// The one way of every prediction, whatever its protocol: authorize → route → admit → read → score → write, and observe once the
/// transport has sent the answer.
/// </summary>
/// <remarks>
/// A call is begun once. <see cref="TryPredict"/> takes it as far as it goes without waiting, and <see cref="PredictAsync"/> goes on
/// from there; neither repeats a step. <see cref="End"/> closes it on every way.
/// </remarks>
internal sealed class Predictor(VersionLookup versions, PredictionGate gate, IEnumerable<IPredictionObserver> observers) : IDisposable
{
    private const int CallsPerCore = 8;

    private readonly IPredictionObserver[] _observers = [.. observers];
    private readonly CorePool<PredictionCall> _calls = new(() => new PredictionCall(), CallsPerCore);

    /// <summary>Whether calls wait for others, so that one more may have to be refused.</summary>
    public bool IsBusy => gate.Waiting > 0;

    /// <summary>Begins a call, which <see cref="End"/> must close.</summary>
    /// <param name="protocol">Reads its rows and writes its answer.</param>
    /// <param name="model">The model, or null for the default one.</param>
    /// <param name="number">The version, or null for the one in production.</param>
    /// <param name="takesRowsOnly">Whether a single row that is not in an array is refused.</param>
    /// <param name="start">When the request came, of <see cref="TimeProvider.GetTimestamp"/>.</param>
    public PredictionCall Begin(IPredictionProtocol protocol, string? model, string? number, bool takesRowsOnly, long start) =>
        _calls.Rent().Begin(protocol, model, number, takesRowsOnly, start);

    /// <summary>Authorizes and routes the call, unless that was done.</summary>
    /// <returns>Whether there is a version that may be asked.</returns>
    public bool TryRoute(PredictionCall call)
    {
        if (call.Step != PredictionStep.Received)
        {
            return call.Step == PredictionStep.Routed;
        }

        if (call.UserName is null)
        {
            call.Failed(Failures.Unauthorized(reason: null));
            return false;
        }

        PredictionFailure? failure;
        while (versions.TryFind(call.Model, call.Number, out var version, out var trial, out failure))
        {
            // Null where the version was swapped out in between, so that the next look finds another.
            if (version.TryRent() is { } workspace)
            {
                call.Routed(version, workspace, trial);
                return true;
            }
        }

        call.Failed(failure);
        return false;
    }

    /// <summary>Whether there is no use in reading the body, since the call would be refused all the same.</summary>
    public bool TryRefuse(PredictionCall call)
    {
        if (!gate.IsFullFor(call.Version!, call.UserName!))
        {
            return false;
        }

        call.Failed(gate.Refuse(call.Version!));
        return true;
    }

    /// <summary>Lets the canary of a rollout answer the call, if it is one of its share and that was not decided before.</summary>
    /// <param name="call">A call that is routed, and that nothing was read of.</param>
    /// <param name="body">Its whole body.</param>
    public static void Choose(PredictionCall call, ReadOnlySpan<byte> body)
    {
        if (call.Trial is not { Candidate: { } canary, Placement.Rollout: { Mode: RolloutMode.Canary } rollout } || call.IsChosen)
        {
            return;
        }

        call.IsChosen = true;
        if (CanaryChoice.Takes(rollout, call, body) && canary.TryRent() is { } workspace)
        {
            call.Reroute(canary, workspace);
        }
    }

    /// <summary>Takes the call to its answer or failure, unless that would mean to wait.</summary>
    /// <returns>False when the call has to wait, for <see cref="PredictAsync"/> to go on with it.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The transport throws it again where exceptions are logged and answered.")]
    public bool TryPredict(PredictionCall call, ReadOnlySpan<byte> body)
    {
        if (!TryRoute(call))
        {
            return call.Step != PredictionStep.Routed;
        }

        Choose(call, body);
        if (!gate.TryEnter(call.Version!, out var permit))
        {
            return false;
        }

        using (permit)
        {
            try
            {
                if (TryRead(call, body, CancellationToken.None))
                {
                    call.Version!.Scorer!.Score(call.Workspace!.Features, call.Workspace.Predictions, CancellationToken.None);
                    Write(call);
                }
            }
            catch (Exception exception)
            {
                call.Faulted(exception);
            }
        }

        return true;
    }

    /// <summary>Takes the call to its answer or failure.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async ValueTask PredictAsync(PredictionCall call, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!TryRoute(call))
        {
            return;
        }

        Choose(call, body.Span);
        using var permit = await gate.EnterAsync(call.Version!, call.UserName!, cancellationToken);
        if (!permit.IsGranted)
        {
            call.Failed(gate.Refuse(call.Version!));
            return;
        }

        if (!TryRead(call, body.Span, cancellationToken))
        {
            return;
        }

        try
        {
            await call.Version!.ScoreAsync(call.Workspace!.Features, call.Workspace.Predictions, cancellationToken);
        }
        catch (ScoringQueueFullException)
        {
            call.Failed(gate.Refuse(call.Version!));
            return;
        }

        // A request past its deadline is answered by the deadline's own failure.
        cancellationToken.ThrowIfCancellationRequested();
        Write(call);
    }

    /// <summary>Predicts an example of the documentation, beside all limits and observed by nobody.</summary>
    /// <param name="version">A version that is ready.</param>
    /// <param name="body">A body in the server's own JSON.</param>
    public SamplePrediction PredictSample(ModelVersion version, ReadOnlySpan<byte> body)
    {
        var call = _calls.Rent().Begin(NativeJson.Instance, version.Model, version.Version, takesRowsOnly: false, start: 0);
        try
        {
            call.User = SamplePrediction.Caller;
            if (TryRoute(call) && TryRead(call, body, CancellationToken.None))
            {
                call.Version!.Scorer!.Score(call.Workspace!.Features, call.Workspace.Predictions, CancellationToken.None);
                Write(call);
            }

            var answer = call.Step == PredictionStep.Answered ? call.Workspace!.Answer.WrittenSpan.ToArray() : null;
            return new SamplePrediction(answer, call.Failure);
        }
        finally
        {
            call.Clear();
            _calls.Return(call);
        }
    }

    /// <summary>Shows the call to the observers, and lets go of what it holds. Nobody may use it after that.</summary>
    public void End(PredictionCall call, PredictionOutcome outcome)
    {
        try
        {
            call.Outcome = outcome;
            for (var i = 0; call.Version is not null && i < _observers.Length; i++)
            {
                _observers[i].Observe(call);
            }
        }
        finally
        {
            call.Clear();
            _calls.Return(call);
        }
    }

    public void Dispose() => _calls.Dispose();

    private bool TryRead(PredictionCall call, ReadOnlySpan<byte> body, CancellationToken cancellationToken)
    {
        if (call.Trial is not null)
        {
            KeepBody(call, body);
        }

        if (call.Protocol.Read(call, body, cancellationToken) is { } unreadable)
        {
            call.Failed(unreadable);
            return false;
        }

        return !TryRefuseRows(call, call.Workspace!.Features.Rows);
    }

    private void KeepBody(PredictionCall call, ReadOnlySpan<byte> body)
    {
        foreach (var observer in _observers)
        {
            if (observer.Wants(call, body.Length))
            {
                call.KeepBody(body);
                return;
            }
        }
    }

    private static void Write(PredictionCall call)
    {
        var predictions = call.Workspace!.Predictions;
        predictions.ReportUnanswered(call.Workspace.Findings);
        if (!TryRefuseRows(call, predictions.Rows))
        {
            call.ScoredRows = predictions.Rows;
            call.Protocol.Write(call);
            call.Answered();
        }
    }

    private static bool TryRefuseRows(PredictionCall call, int validRows)
    {
        var findings = call.Workspace!.Findings;
        if (findings.Errors.Count == 0 || (call.OnInvalid == OnInvalid.Skip && !findings.IsRequestInvalid && validRows > 0))
        {
            return false;
        }

        call.Failed(Failures.InvalidFeatures(findings, call.Shape, validRows));
        return true;
    }
}
