using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Security.Claims;
using ModelApi.Errors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Registry;

namespace ModelApi.Predictions;

/// <summary>One prediction on its way through the <see cref="Predictor"/>: what was asked, what it holds, and what came of it.</summary>
/// <remarks>Pooled. Observers may read all of it while they are called, and must keep none of it.</remarks>
internal sealed class PredictionCall
{
    private byte[]? _body;
    private int _bodyLength;

    /// <summary>The protocol in which it came.</summary>
    public IPredictionProtocol Protocol { get; private set; } = null!;

    /// <summary>The model that was asked for; null for the default one.</summary>
    public string? Model { get; private set; }

    /// <summary>The version that was asked for; null for the one in production.</summary>
    public string? Number { get; private set; }

    /// <summary>When the request came, of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long Start { get; private set; }

    /// <summary>Who asks, once that is known.</summary>
    public ClaimsPrincipal? User { get; set; }

    /// <summary>The name under which the caller is answered and logged.</summary>
    public string? UserName => User is null ? null : Identity.UserName.Of(User);

    /// <summary>What happens to rows that are not valid.</summary>
    public OnInvalid OnInvalid { get; set; }

    /// <summary>Whether only several rows are taken, so that a single object is refused.</summary>
    public bool TakesRowsOnly { get; private set; }

    public PredictionStep Step { get; private set; }

    /// <summary>The version that answers; null before it is routed.</summary>
    public ModelVersion? Version { get; private set; }

    /// <summary>The model, where a rollout of it concerns the call; null for nearly all calls.</summary>
    public Model? Trial { get; private set; }

    /// <summary>Whether production or the canary of <see cref="Trial"/> was chosen.</summary>
    public bool IsChosen { get; set; }

    /// <summary>The headers of the request, by which a rollout may choose; null where there are none.</summary>
    public IHeaderDictionary? Headers { get; set; }

    /// <summary>Its rows, answers, findings and the answer as bytes; null before it is routed.</summary>
    public ScoringWorkspace? Workspace { get; private set; }

    /// <summary>Whether the body holds one row or several.</summary>
    public RequestShape Shape { get; set; }

    /// <summary>Rows that have an answer.</summary>
    public int ScoredRows { get; set; }

    /// <summary>Why there is no answer.</summary>
    public PredictionFailure? Failure { get; private set; }

    /// <summary>An exception that is a fault of the server; the transport throws it where it is logged and answered.</summary>
    public ExceptionDispatchInfo? Fault { get; private set; }

    /// <summary>How it ended; null until its answer or failure was sent.</summary>
    public PredictionOutcome? Outcome { get; set; }

    public PredictionCall Begin(IPredictionProtocol protocol, string? model, string? number, bool takesRowsOnly, long start)
    {
        (Protocol, Model, Number, TakesRowsOnly, Start) = (protocol, model, number, takesRowsOnly, start);
        return this;
    }

    public void Routed(ModelVersion version, ScoringWorkspace workspace, Model? trial) =>
        (Version, Workspace, Trial, Step) = (version, workspace, trial, PredictionStep.Routed);

    /// <summary>Lets another version of the same model answer, before anything was read.</summary>
    public void Reroute(ModelVersion version, ScoringWorkspace workspace)
    {
        Version!.Return(Workspace!);
        (Version, Workspace) = (version, workspace);
    }

    /// <summary>Copies the body, for an observer that wants it.</summary>
    public void KeepBody(ReadOnlySpan<byte> body)
    {
        _body = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(_body);
        _bodyLength = body.Length;
    }

    /// <summary>Gives the copy of the body away, in an array of the shared pool; null when there is none.</summary>
    public byte[]? TakeBody(out int length)
    {
        length = _bodyLength;
        var body = _body;
        _body = null;
        return body;
    }

    public void Answered() => Step = PredictionStep.Answered;

    /// <summary>Ends in a failure; the first one stays.</summary>
    public void Failed(PredictionFailure failure) => (Failure, Step) = (Failure ?? failure, PredictionStep.Failed);

    public void Faulted(Exception exception) => (Fault, Step) = (ExceptionDispatchInfo.Capture(exception), PredictionStep.Failed);

    /// <summary>Lets go of the version, and forgets everything.</summary>
    public void Clear()
    {
        if (Version is { } version)
        {
            version.Return(Workspace!);
        }

        if (TakeBody(out _) is { } body)
        {
            ArrayPool<byte>.Shared.Return(body);
        }

        (Protocol, Model, Number, Start, User) = (null!, null, null, 0, null);
        (OnInvalid, TakesRowsOnly, Step, Version, Workspace) = (OnInvalid.Reject, false, PredictionStep.Received, null, null);
        (Trial, IsChosen, Headers) = (null, false, null);
        (Shape, ScoredRows, Failure, Fault, Outcome) = (RequestShape.Row, 0, null, null, null);
    }
}
