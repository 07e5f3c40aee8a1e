using ModelApi.Errors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Predictions;

/// <summary>The server's own protocol: rows as JSON objects with the features' names.</summary>
internal sealed class NativeJson : IPredictionProtocol
{
    public static NativeJson Instance { get; } = new();

    public PredictionFailure? Read(PredictionCall call, ReadOnlySpan<byte> body, CancellationToken cancellationToken)
    {
        var (version, workspace) = (call.Version!, call.Workspace!);
        try
        {
            call.Shape = version.Reader!.Read(body, workspace.Features, workspace.Findings, cancellationToken);
        }
        catch (MalformedJsonException exception)
        {
            return Failures.MalformedJson(exception);
        }

        if (call.TakesRowsOnly && call.Shape == RequestShape.Row)
        {
            workspace.Findings.Error(-1, null, "Send an array of objects here; /predict takes a single one.");
        }

        return null;
    }

    public string? FindFeature(ReadOnlySpan<byte> body, Signature signature, string feature) =>
        FirstRow.Find(body, signature.InstancesKey, feature);

    public void Write(PredictionCall call) =>
        PredictionReply.Write(call.Shape, call.OnInvalid, call.Version!, call.Workspace!, call.UserName);
}
