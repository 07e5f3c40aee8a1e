using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using ModelApi.Answers;
using ModelApi.Identity;
using ModelApi.Inference.Registry;
using ModelApi.Limits;
using ModelApi.Models;
using ModelApi.Overload;
using ModelApi.Telemetry;

namespace ModelApi.Predictions;

/// <summary>
/// Answers plain prediction requests by themselves: small, already received, from a caller who is known, and with nothing in them
/// that any other part of the pipeline would act upon.
/// </summary>
/// <remarks>
/// The rest of the pipeline costs more than such a request. Whatever does not end in a prediction is left to it, with the body
/// unread, and so done again from the beginning: a plain request has no errors of its own, and the answers are the same to the byte.
/// </remarks>
internal sealed class PlainPrediction(
    VersionLookup versions, Callers callers, PredictionGate gate, RequestLog log, PredictionMetrics metrics, IOptions<LimitsOptions> limits, TimeProvider time)
{
    // One buffer of the server holds as much. So few rows are scored before a deadline could stop them.
    private const int MostBytes = 4096;

    // What surely has an answer too small to be compressed.
    private const int MostBytesWhereCompressed = 1024;

    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(limits.Value.RequestTimeoutSeconds);

    public static void Use(WebApplication app)
    {
        // In an envelope no answer is plain.
        if (!app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.Envelope)
        {
            var plain = ActivatorUtilities.CreateInstance<PlainPrediction>(app.Services);
            app.Use(next => context => plain.AnswerAsync(context, next));
        }
    }

    private Task AnswerAsync(HttpContext context, RequestDelegate rest)
    {
        var start = time.GetTimestamp();
        if (context.GetEndpoint()?.Metadata.GetMetadata<PredictionRoute>() is not { } route
            || !IsPlain(context.Request)
            || callers.Find(context.Request.Headers.Authorization) is not { } caller
            || !versions.TryFind(route.ModelOf(context), route.VersionOf(context), out var version, out _)
            || !TryReadBody(context.Request, out var body))
        {
            return rest(context);
        }

        if (!gate.TryEnter(version, out var permit))
        {
            context.Request.BodyReader.AdvanceTo(body.Start);
            return rest(context);
        }

        if (version.TryRent() is not { } workspace)
        {
            permit.Dispose();
            context.Request.BodyReader.AdvanceTo(body.Start);
            return rest(context);
        }

        bool isScored;
        using (permit)
        {
            isScored = TryScore(body.FirstSpan, version, workspace, caller);
        }

        if (time.GetElapsedTime(start) > _timeout)
        {
            context.Features.Set(new PastDeadline());
            isScored = false;
        }

        if (!isScored || (context.Request.Headers.AcceptEncoding.Count > 0 && workspace.Answer.WrittenCount >= LargeAnswers.SmallestBytes))
        {
            version.Return(workspace);
            context.Request.BodyReader.AdvanceTo(body.Start);
            return rest(context);
        }

        metrics.Count(version, workspace.Predictions.Rows, invalid: 0);
        context.Request.BodyReader.AdvanceTo(body.End);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = workspace.Answer.WrittenCount;
        var sending = context.Response.BodyWriter.WriteAsync(workspace.Answer.WrittenMemory);
        if (!sending.IsCompletedSuccessfully)
        {
            return FinishAsync(sending, route, start, caller, version, workspace);
        }

        _ = sending.Result;
        Finish(route, start, caller, version, workspace);
        return Task.CompletedTask;
    }

    private async Task FinishAsync(ValueTask<FlushResult> sending, PredictionRoute route, long start, Caller caller, ModelVersion version, ScoringWorkspace workspace)
    {
        try
        {
            await sending;
        }
        finally
        {
            Finish(route, start, caller, version, workspace);
        }
    }

    private void Finish(PredictionRoute route, long start, Caller caller, ModelVersion version, ScoringWorkspace workspace)
    {
        version.Return(workspace);
        metrics.Answered(version, StatusCodes.Status200OK, start);
        log.Predicted(route.Pattern, start, caller.Name, version);
    }

    // A query, an encoding and a Request-Timeout change what is answered, or how.
    private static bool IsPlain(HttpRequest request)
    {
        var headers = request.Headers;
        return !request.QueryString.HasValue
            && headers.ContentLength is > 0 and var length && length <= (headers.AcceptEncoding.Count == 0 ? MostBytes : MostBytesWhereCompressed)
            && headers.ContentEncoding.Count == 0
            && headers[Deadlines.Header].Count == 0
            && IsJson(headers.ContentType);
    }

    private static bool IsJson(StringValues contentType) =>
        contentType is [{ } type] && (type is "application/json" || type.Equals("application/json; charset=utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>Takes the body where the server has all of it; only then is there nothing to wait for, and no need of a timer.</summary>
    private static bool TryReadBody(HttpRequest request, out ReadOnlySequence<byte> body)
    {
        body = default;
        if (!request.BodyReader.TryRead(out var result))
        {
            return false;
        }

        body = result.Buffer;
        if (result.IsCompleted && body.IsSingleSegment && body.Length == request.ContentLength)
        {
            return true;
        }

        request.BodyReader.AdvanceTo(body.Start);
        return false;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The request is done again by the rest of the pipeline, which tells of whatever fails.")]
    private static bool TryScore(ReadOnlySpan<byte> json, ModelVersion version, ScoringWorkspace workspace, Caller caller)
    {
        try
        {
            var shape = version.Reader!.Read(json, workspace.Features, workspace.Findings);
            if (workspace.Findings.Errors.Count > 0)
            {
                return false;
            }

            version.Scorer!.Score(workspace.Features, workspace.Predictions, CancellationToken.None);
            workspace.Predictions.ReportUnanswered(workspace.Findings);
            if (workspace.Findings.Errors.Count > 0)
            {
                return false;
            }

            PredictionReply.Write(shape, OnInvalid.Reject, version, workspace, caller.Name);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
