using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ModelApi.Errors;
using ModelApi.Limits;
using ModelApi.Overload;

namespace ModelApi.Predictions;

/// <summary>Answers a prediction request at the end of the pipeline: resumes the call of <see cref="PredictionTransport"/>.</summary>
internal sealed class PredictionHandler(
    Predictor predictor, Deadlines deadlines, BodyReader bodies, RequestMemory memory, LargeBodies largeBodies,
    IOptions<LimitsOptions> limits)
{
    // So much becomes a megabyte or more when it is unpacked.
    private const int SmallestPacked = 1024;

    private readonly LimitsOptions _limits = limits.Value;

    public async Task AnswerAsync(HttpContext context)
    {
        var call = context.Features.GetRequiredFeature<PredictionCall>();
        call.User ??= context.User;
        if (predictor.TryRoute(call))
        {
            await PredictAsync(context, call);
        }

        context.Features.Set(call.Version);
        call.Fault?.Throw();
        if (call.Failure is { } failure)
        {
            await failure.WriteAsync(context);
            call.Outcome ??= Outcome.Of(context.Response.StatusCode);
            return;
        }

        // Only a whole answer reaches the response: what fails before leaves room for an error.
        var answer = call.Workspace!.Answer;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.WrittenCount;
        var written = await context.Response.BodyWriter.WriteAsync(answer.WrittenMemory, context.RequestAborted);
        call.Outcome = written.IsCompleted ? PredictionOutcome.Aborted : PredictionOutcome.Answered;
    }

    private async Task PredictAsync(HttpContext context, PredictionCall call)
    {
        if (predictor.TryRefuse(call))
        {
            return;
        }

        if (Check(context.Request, call, out var coding) is { } refusal)
        {
            call.Failed(refusal);
            return;
        }

        if (!deadlines.TryStart(context, out var deadline, out var invalid))
        {
            call.Failed(invalid);
            return;
        }

        try
        {
            using var received = await ReadBodyAsync(
                context, call, bodies.ReceiveAsync(context.Request, call.Version!.Model, call.UserName!, deadline.Token));
            if (call.Failure is null)
            {
                await PredictAsync(context, call, received.Content, coding, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            call.Failed(Failures.TimedOut(deadline.Seconds));
        }
        finally
        {
            deadlines.End(deadline);
        }
    }

    private async ValueTask PredictAsync(
        HttpContext context, PredictionCall call, ReadOnlyMemory<byte> received, ContentCoding coding, CancellationToken cancellationToken)
    {
        var isPacked = coding != ContentCoding.Identity;
        using var turn = received.Length > (isPacked ? SmallestPacked : LargeBodies.Smallest)
            ? await largeBodies.EnterAsync(call.UserName!, cancellationToken)
            : null;
        if (turn is not null)
        {
            await turn.Switch;
        }

        if (!isPacked)
        {
            await PredictAsync(call, received, cancellationToken);
            return;
        }

        using var unpacked = await ReadBodyAsync(
            context, call, bodies.UnpackAsync(received, coding, call.Version!.Model, cancellationToken));
        if (call.Failure is null)
        {
            await PredictAsync(call, unpacked.Content, cancellationToken);
        }
    }

    private async ValueTask PredictAsync(PredictionCall call, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Predictor.Choose(call, body.Span);
        var needed = WorkingMemory.Of(call.Version!.Manifest!.Signature, body.Span, _limits.MaxRowsPerRequest);
        if (!memory.TryReserve(needed))
        {
            call.Failed(bodies.Refuse(call.Version.Model, needed));
            return;
        }

        try
        {
            await predictor.PredictAsync(call, body, cancellationToken);
        }
        finally
        {
            memory.Release(needed);
        }
    }

    /// <returns>What is wrong with the request before its body is read, or null.</returns>
    private static PredictionFailure? Check(HttpRequest request, PredictionCall call, out ContentCoding coding)
    {
        coding = default;
        if (!OnInvalidParameter.TryRead(request, out var onInvalid))
        {
            return Failures.InvalidParameter(OnInvalidParameter.Name, OnInvalidParameter.Values);
        }

        call.OnInvalid = onInvalid;

        if (!ContentCodings.TryRead(request.Headers.ContentEncoding, out coding))
        {
            return Failures.UnsupportedMediaType("The Content-Encoding must be one of gzip, br and deflate, or absent.");
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !(type.MatchesMediaType("application/json") || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)))
        {
            return Failures.UnsupportedMediaType("Send JSON with the header Content-Type: application/json.");
        }

        return type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? Failures.UnsupportedMediaType("Send JSON in UTF-8; other charsets are not read.")
            : null;
    }

    /// <returns>The body; empty when the call has failed for it.</returns>
    private async ValueTask<RequestBody> ReadBodyAsync(HttpContext context, PredictionCall call, ValueTask<RequestBody> reading)
    {
        try
        {
            var body = await reading;
            if (body.Failure is { } failure)
            {
                call.Failed(failure);
            }

            return body;
        }
        catch (BadHttpRequestException exception)
        {
            if (exception.StatusCode == StatusCodes.Status400BadRequest && context.Request.ContentLength is not null)
            {
                // The body ended before its length: the client has gone.
                call.Outcome = PredictionOutcome.Aborted;
            }

            call.Failed(exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Failures.TooLarge(_limits.MaxRequestBodyBytes)
                : Failures.OfStatus(exception.StatusCode, context));
        }
        catch (ConnectionResetException)
        {
            // Kestrel would otherwise read on, and log that it cannot.
            context.Abort();
            call.Outcome = PredictionOutcome.Aborted;
            throw;
        }
        catch (IOException)
        {
            // Kestrel throws it of a chunk whose length exceeds 31 bits.
            call.Failed(Failures.OfStatus(StatusCodes.Status400BadRequest, context));
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            // The streams of gzip and deflate throw the first of a body that they cannot unpack, that of Brotli the second.
            call.Failed(new PredictionFailure(
                FailureKind.BadRequest, "The body is not what its Content-Encoding says, or ends before its packed data does."));
        }

        return default;
    }
}
