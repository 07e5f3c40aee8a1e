using ModelApi.Errors;
using ModelApi.Inference.Signatures;

namespace ModelApi.Answers;

/// <summary>The query parameters of a route, as metadata. One that nearly is one of them is refused; any other is ignored.</summary>
/// <param name="names">The route's own parameters; <c>envelope</c> is one of every route.</param>
internal sealed class QueryParameters(params string[] names)
{
    private readonly string[] _names = [.. names, Envelope.Parameter];

    private static readonly QueryParameters Common = new();

    /// <summary>Refuses misspelt parameters, which would otherwise be ignored without a word.</summary>
    public static void Use(WebApplication app) =>
        app.Use(next => context => context.Request.QueryString.HasValue && FindMisspelt(context) is { } failure
            ? failure.WriteAsync(context)
            : next(context));

    private static PredictionFailure? FindMisspelt(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.GetMetadata<BareAnswer>() is not null)
        {
            return null;
        }

        var known = (endpoint.Metadata.GetMetadata<QueryParameters>() ?? Common)._names;
        foreach (var name in context.Request.Query.Keys)
        {
            // The query's own lookup does not tell upper case from lower case either.
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase) && NearestName.Find(name, known) is { } meant)
            {
                return Failures.MisspeltParameter(name, meant);
            }
        }

        return null;
    }
}
