namespace ModelApi.Predictions;

/// <summary>Marks a route that predicts, and says which version of which model a request to it means.</summary>
/// <param name="Pattern">The route's pattern.</param>
/// <param name="HasModel">Whether it names the model; otherwise it is the default one.</param>
/// <param name="HasVersion">Whether it names the version; otherwise it is the one in production.</param>
/// <param name="TakesRowsOnly">Whether it takes several rows only.</param>
internal sealed record PredictionRoute(string Pattern, bool HasModel = false, bool HasVersion = false, bool TakesRowsOnly = false)
{
    public const string ModelParameter = "name";
    public const string VersionParameter = "version";

    /// <summary>Reads its requests and writes its answers.</summary>
    public IPredictionProtocol Protocol { get; init; } = NativeJson.Instance;

    /// <summary>Answers requests at the end of the pipeline.</summary>
    public required RequestDelegate Handler { get; init; }

    /// <summary>What <see cref="PlainRoutes"/> has found about the route's endpoint.</summary>
    public PlainCheck? Check { get; set; }

    public string? ModelOf(HttpContext context) => HasModel ? (string?)context.GetRouteValue(ModelParameter) : null;

    public string? VersionOf(HttpContext context) => HasVersion ? (string?)context.GetRouteValue(VersionParameter) : null;
}

/// <summary>Whether plain requests to an endpoint need no more of the pipeline.</summary>
internal sealed record PlainCheck(Endpoint Endpoint, bool IsPlain);
