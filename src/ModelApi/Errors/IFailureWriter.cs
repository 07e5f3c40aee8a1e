using Microsoft.AspNetCore.Diagnostics;

namespace ModelApi.Errors;

/// <summary>Writes failures as one protocol has them; endpoint metadata of that protocol's routes.</summary>
internal interface IFailureWriter
{
    /// <summary>Writes the whole answer, unless the response has already begun.</summary>
    Task WriteAsync(HttpContext context, PredictionFailure failure);
}

internal static class FailureWriter
{
    /// <summary>The writer of the endpoint's protocol; problem details (RFC 9457) where its metadata names none.</summary>
    public static IFailureWriter Of(HttpContext context)
    {
        // The exception handler has taken the endpoint away by the time that it writes.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        return endpoint?.Metadata.GetMetadata<IFailureWriter>() ?? ProblemWriter.Instance;
    }
}
