using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ModelApi.Errors;
using ModelApi.Identity;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.Batching;
using ModelApi.Limits;
using ModelApi.Models;
using ModelApi.Overload;

namespace ModelApi.Predictions;

/// <summary>Takes a prediction request from its body to its answer.</summary>
internal sealed class PredictionHandler(
    VersionLookup versions, PredictionGate gate, Deadlines deadlines, PredictionMetrics metrics, IOptions<LimitsOptions> limits, TimeProvider time)
{
    private readonly long _maxBodyBytes = limits.Value.MaxRequestBodyBytes;

    /// <summary>Scores the rows of the body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="model">The model, or null for the default one.</param>
    /// <param name="number">The version, or null for the one in production.</param>
    public async Task PredictAsync(HttpContext context, string? model, string? number)
    {
        if (Check(context, model, number, out var version, out var onInvalid) is { } refusal)
        {
            await refusal.WriteAsync(context);
            return;
        }

        if (!deadlines.TryStart(context, out var started, out var invalid))
        {
            await invalid.WriteAsync(context);
            return;
        }

        using var deadline = started;
        var start = time.GetTimestamp();
        var status = StatusCodes.Status500InternalServerError;
        ScoringWorkspace? workspace;
        while ((workspace = version!.TryRent()) is null)
        {
            // The version was freed since it was found, and another snapshot has been published before that.
            if (!versions.TryFind(model, number, out version, out var missing))
            {
                await missing.WriteAsync(context);
                return;
            }
        }

        try
        {
            if (await ScoreBodyAsync(context, version, workspace, onInvalid, deadline.Token) is { } problem)
            {
                status = problem.Status;
                await problem.WriteAsync(context);
                return;
            }

            // Only a whole answer reaches the response: what fails before leaves room for a problem document.
            status = StatusCodes.Status200OK;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = workspace.Answer.WrittenCount;
            await context.Response.BodyWriter.WriteAsync(workspace.Answer.WrittenMemory, context.RequestAborted);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            status = StatusCodes.Status504GatewayTimeout;
            await Problems.TimedOut(deadline.Seconds).WriteAsync(context);
        }
        finally
        {
            version.Return(workspace);
            metrics.Answered(version, status, start);
        }
    }

    /// <returns>What is wrong with the request before its body is read, or null.</returns>
    private Problem? Check(HttpContext context, string? model, string? number, out ModelVersion? version, out OnInvalid onInvalid)
    {
        onInvalid = OnInvalid.Reject;
        if (!versions.TryFind(model, number, out version, out var missing))
        {
            return missing;
        }

        context.Features.Set(version);
        if (context.Features.Get<PastDeadline>() is not null)
        {
            return Problems.TimedOut(limits.Value.RequestTimeoutSeconds);
        }

        if (gate.IsFullFor(version))
        {
            return gate.Refuse(version);
        }

        return OnInvalidParameter.TryRead(context.Request, out onInvalid)
            ? CheckContent(context.Request)
            : Problems.InvalidParameter(OnInvalidParameter.Name, OnInvalidParameter.Values);
    }

    private static Problem? CheckContent(HttpRequest request)
    {
        // Encodings that are known have been taken off before this.
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            return Problems.UnsupportedMediaType("The Content-Encoding is not known; send gzip, br, deflate or none.");
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !(type.MatchesMediaType("application/json") || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)))
        {
            return Problems.UnsupportedMediaType("Send JSON with the header Content-Type: application/json.");
        }

        return type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? Problems.UnsupportedMediaType("Send JSON in UTF-8; other charsets are not read.")
            : null;
    }

    /// <returns>What is wrong with the request, or null when its answer is in the workspace.</returns>
    private async ValueTask<Problem?> ScoreBodyAsync(
        HttpContext context, ModelVersion version, ScoringWorkspace workspace, OnInvalid onInvalid, CancellationToken cancellationToken)
    {
        RequestBody body;
        try
        {
            body = await RequestBody.ReadAsync(context.Request, _maxBodyBytes, cancellationToken);
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Problems.TooLarge(_maxBodyBytes)
                : Problems.OfStatus(exception.StatusCode, context);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            // GZipStream and DeflateStream throw the first of a body that they cannot unpack, BrotliStream the second.
            return Problems.OfStatus(StatusCodes.Status400BadRequest, context) with { Detail = "The body is not what its Content-Encoding says." };
        }

        using (body)
        {
            using var permit = await gate.EnterAsync(version, cancellationToken);
            if (!permit.IsGranted)
            {
                return gate.Refuse(version);
            }

            try
            {
                var shape = version.Reader!.Read(body.Content.Span, workspace.Features, workspace.Findings);
                return await ScoreAsync(shape, version, workspace, onInvalid, context, cancellationToken);
            }
            catch (MalformedJsonException exception)
            {
                return Problems.MalformedJson(exception);
            }
            catch (ScoringQueueFullException)
            {
                return gate.Refuse(version);
            }
        }
    }

    private async ValueTask<Problem?> ScoreAsync(
        RequestShape shape, ModelVersion version, ScoringWorkspace workspace, OnInvalid onInvalid, HttpContext context, CancellationToken cancellationToken)
    {
        var findings = workspace.Findings;
        var validRows = workspace.Features.Rows;
        if (!IsRefused(findings, validRows, onInvalid))
        {
            await version.ScoreAsync(workspace.Features, workspace.Predictions, cancellationToken);
            workspace.Predictions.ReportUnanswered(findings);
            validRows = workspace.Predictions.Rows;
        }

        // A request past its deadline is answered by the deadline's own problem.
        cancellationToken.ThrowIfCancellationRequested();
        if (IsRefused(findings, validRows, onInvalid))
        {
            metrics.Count(version, scored: 0, findings.InvalidRows.Count);
            return Problems.InvalidFeatures(findings, shape, validRows);
        }

        metrics.Count(version, validRows, findings.InvalidRows.Count);
        PredictionReply.Write(shape, onInvalid, version, workspace, UserName.Of(context.User));
        return null;
    }

    private static bool IsRefused(Findings findings, int validRows, OnInvalid onInvalid) =>
        findings.Errors.Count > 0 && (onInvalid == OnInvalid.Reject || findings.IsRequestInvalid || validRows == 0);
}
