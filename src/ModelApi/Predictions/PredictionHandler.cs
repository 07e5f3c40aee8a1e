using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ModelApi.Errors;
using ModelApi.Hosting;
using ModelApi.Identity;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Registry;

namespace ModelApi.Predictions;

/// <summary>Takes a prediction request from its body to its answer.</summary>
internal sealed class PredictionHandler(ModelRegistry registry, IOptions<LimitsOptions> limits)
{
    private readonly long _maxBodyBytes = limits.Value.MaxRequestBodyBytes;

    /// <summary>Scores the rows of the body with the version of the model that is in production.</summary>
    public async Task PredictAsync(HttpContext context, string model)
    {
        if (FindVersion(model, out var version) is { } missing)
        {
            await missing.WriteAsync(context);
            return;
        }

        context.Features.Set(version);
        if (CheckContent(context.Request) is { } unsupported)
        {
            await unsupported.WriteAsync(context);
            return;
        }

        var workspace = version!.Rent();
        try
        {
            if (await ScoreBodyAsync(context, version, workspace) is { } problem)
            {
                await problem.WriteAsync(context);
                return;
            }

            // Only a whole answer reaches the response: what fails before leaves room for a problem document.
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = workspace.Answer.WrittenCount;
            await context.Response.BodyWriter.WriteAsync(workspace.Answer.WrittenMemory, context.RequestAborted);
        }
        finally
        {
            version.Return(workspace);
        }
    }

    private Problem? FindVersion(string name, out ModelVersion? version)
    {
        var model = registry.Find(name);
        version = model?.Production;
        if (version is not null)
        {
            return null;
        }

        if (!registry.IsLoaded)
        {
            return Problems.NotReady("The models are still being loaded.");
        }

        return model is null && name != registry.DefaultModel
            ? Problems.UnknownModel(name, registry.Models.Select(known => known.Name))
            : Problems.NotReady($"No version of model '{name}' is ready; GET /models says why.");
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
    private async ValueTask<Problem?> ScoreBodyAsync(HttpContext context, ModelVersion version, ScoringWorkspace workspace)
    {
        RequestBody body;
        try
        {
            body = await RequestBody.ReadAsync(context.Request, _maxBodyBytes, context.RequestAborted);
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
            try
            {
                return Score(body.Content.Span, version, workspace, context);
            }
            catch (MalformedJsonException exception)
            {
                return Problems.MalformedJson(exception);
            }
        }
    }

    private static Problem? Score(ReadOnlySpan<byte> json, ModelVersion version, ScoringWorkspace workspace, HttpContext context)
    {
        var shape = version.Reader!.Read(json, workspace.Features, workspace.Findings);
        if (workspace.Findings.Errors.Count == 0)
        {
            version.Scorer!.Score(workspace.Features, workspace.Predictions);
            workspace.Predictions.ReportUnanswered(workspace.Findings);
        }

        // A request past its deadline is answered by the deadline's own problem.
        context.RequestAborted.ThrowIfCancellationRequested();
        if (workspace.Findings.Errors.Count > 0)
        {
            return Problems.InvalidFeatures(workspace.Findings, shape);
        }

        PredictionReply.Write(workspace.Answer, shape, version, workspace, UserName.Of(context.User));
        return null;
    }
}
