using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ModelApi.Errors;
using ModelApi.Limits;
using ModelApi.Overload;

namespace ModelApi.Predictions;

/// <summary>Answers a prediction request at the end of the pipeline: resumes the call of <see cref="PredictionTransport"/>.</summary>
internal sealed class PredictionHandler(Predictor predictor, Deadlines deadlines, IOptions<LimitsOptions> limits)
{
    private readonly long _maxBodyBytes = limits.Value.MaxRequestBodyBytes;

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

        if (Check(context.Request, call) is { } refusal)
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
            using var body = await ReadBodyAsync(context, call, deadline.Token);
            if (call.Failure is null)
            {
                await predictor.PredictAsync(call, body.Content, deadline.Token);
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

    /// <returns>What is wrong with the request before its body is read, or null.</returns>
    private static PredictionFailure? Check(HttpRequest request, PredictionCall call)
    {
        if (!OnInvalidParameter.TryRead(request, out var onInvalid))
        {
            return Failures.InvalidParameter(OnInvalidParameter.Name, OnInvalidParameter.Values);
        }

        call.OnInvalid = onInvalid;

        // Encodings that are known have been taken off before this.
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding
            && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            return Failures.UnsupportedMediaType("The Content-Encoding is not known; send gzip, br, deflate or none.");
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
    private async ValueTask<RequestBody> ReadBodyAsync(HttpContext context, PredictionCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await RequestBody.ReadAsync(context.Request, _maxBodyBytes, cancellationToken);
        }
        catch (BadHttpRequestException exception)
        {
            if (exception.StatusCode == StatusCodes.Status400BadRequest && context.Request.ContentLength is not null)
            {
                // The body ended before its length: the client has gone.
                call.Outcome = PredictionOutcome.Aborted;
            }

            call.Failed(exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Failures.TooLarge(_maxBodyBytes)
                : Failures.OfStatus(exception.StatusCode, context));
        }
        catch (ConnectionResetException)
        {
            call.Outcome = PredictionOutcome.Aborted;
            throw;
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            // GZipStream and DeflateStream throw the first of a body that they cannot unpack, BrotliStream the second.
            call.Failed(new PredictionFailure(FailureKind.BadRequest, "The body is not what its Content-Encoding says."));
        }

        return default;
    }
}
