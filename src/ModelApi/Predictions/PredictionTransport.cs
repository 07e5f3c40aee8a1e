using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using ModelApi.Answers;
using ModelApi.Errors;
using ModelApi.Identity;
using ModelApi.Limits;
using ModelApi.Shutdown;
using ModelApi.Telemetry;

namespace ModelApi.Predictions;

/// <summary>Begins and ends the call of each prediction request, and answers plain ones without the rest of the pipeline.</summary>
/// <remarks>
/// The rest of the pipeline costs more than a plain request. A plain request that has no answer at once (it failed, it must wait, or its
/// answer is to be compressed) goes on through the pipeline with its call as a feature, and <see cref="PredictionHandler"/> resumes it.
/// </remarks>
internal sealed class PredictionTransport(
    Predictor predictor,
    PlainRoutes plainRoutes,
    Callers callers,
    Draining draining,
    RequestLog log,
    IOptions<LimitsOptions> limits,
    TimeProvider time)
{
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(limits.Value.RequestTimeoutSeconds);

    public Task AnswerAsync(HttpContext context, RequestDelegate rest)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<PredictionRoute>() is not { } route)
        {
            return rest(context);
        }

        var call = predictor.Begin(
            route.Protocol, route.ModelOf(context), route.VersionOf(context), route.TakesRowsOnly, time.GetTimestamp());
        call.Headers = context.Request.Headers;
        return plainRoutes.Allow(endpoint, route) && TryAnswer(context, route, call, out var sending)
            ? sending
            : AnswerInPipelineAsync(context, rest, call);
    }

    private bool TryAnswer(HttpContext context, PredictionRoute route, PredictionCall call, out Task sending)
    {
        sending = Task.CompletedTask;
        var request = context.Request;
        if (request.QueryString.HasValue
            || draining.IsDraining
            || callers.Find(request.Headers.Authorization) is not { } caller)
        {
            return false;
        }

        if (predictor.IsBusy)
        {
            call.User = caller;
            if (predictor.TryRoute(call) && predictor.TryRefuse(call))
            {
                sending = RefuseAsync(context, route, call);
                return true;
            }
        }

        ReadOnlySequence<byte> body;
        try
        {
            if (!PlainRequest.Is(request) || !PlainRequest.TryReadBody(request, out body))
            {
                return false;
            }
        }
        catch (ConnectionResetException)
        {
            // Kestrel would otherwise read on, and log that it cannot.
            context.Abort();
            predictor.End(call, PredictionOutcome.Aborted);
            return true;
        }

        call.User = caller;
        if (!predictor.TryPredict(call, body.FirstSpan))
        {
            request.BodyReader.AdvanceTo(body.Start);
            return false;
        }

        request.BodyReader.AdvanceTo(body.End);
        if (time.GetElapsedTime(call.Start) > _timeout)
        {
            call.Failed(Failures.TimedOut(limits.Value.RequestTimeoutSeconds));
        }

        if (call.Step != PredictionStep.Answered
            || (request.Headers.AcceptEncoding.Count > 0 && call.Workspace!.Answer.WrittenCount >= LargeAnswers.SmallestBytes))
        {
            return false;
        }

        var response = context.Response;
        response.ContentType = "application/json";
        response.ContentLength = call.Workspace!.Answer.WrittenCount;
        var written = response.BodyWriter.WriteAsync(call.Workspace.Answer.WrittenMemory);
        if (written.IsCompletedSuccessfully)
        {
            End(route, call, written.Result);
        }
        else
        {
            sending = EndAsync(route, call, written);
        }

        return true;
    }

    // Under overload there are many of these, and what they cost is missing to those who are served.
    private async Task RefuseAsync(HttpContext context, PredictionRoute route, PredictionCall call)
    {
        try
        {
            await call.Failure!.WriteAsync(context);
            log.Refused(context, route.Pattern, call.Start, call.UserName!, call.Version!);
        }
        finally
        {
            predictor.End(call, Outcome.Of(context));
        }
    }

    private async Task EndAsync(PredictionRoute route, PredictionCall call, ValueTask<FlushResult> written)
    {
        // Without a result the client has gone.
        var result = new FlushResult(isCanceled: false, isCompleted: true);
        try
        {
            result = await written;
        }
        finally
        {
            End(route, call, result);
        }
    }

    private void End(PredictionRoute route, PredictionCall call, FlushResult written)
    {
        log.Predicted(route.Pattern, call.Start, call.UserName!, call.Version!);
        predictor.End(call, written.IsCompleted ? PredictionOutcome.Aborted : PredictionOutcome.Answered);
    }

    private async Task AnswerInPipelineAsync(HttpContext context, RequestDelegate rest, PredictionCall call)
    {
        context.Features.Set(call);
        try
        {
            await rest(context);
        }
        finally
        {
            predictor.End(call, call.Outcome ?? Outcome.Of(context));
        }
    }
}
