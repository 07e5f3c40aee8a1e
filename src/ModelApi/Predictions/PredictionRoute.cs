namespace ModelApi.Predictions;

/// <summary>Marks the routes that predict, and says which version of which model a request to one of them means.</summary>
/// <param name="Pattern">The route's pattern.</param>
/// <param name="HasModel">Whether it names the model; or else it is the default one.</param>
/// <param name="HasVersion">Whether it names the version; or else it is the one in production.</param>
internal sealed record PredictionRoute(string Pattern, bool HasModel = false, bool HasVersion = false)
{
    public const string ModelParameter = "name";
    public const string VersionParameter = "version";

    public string? ModelOf(HttpContext context) => HasModel ? (string?)context.GetRouteValue(ModelParameter) : null;

    public string? VersionOf(HttpContext context) => HasVersion ? (string?)context.GetRouteValue(VersionParameter) : null;
}
