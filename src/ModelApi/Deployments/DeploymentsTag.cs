using ModelApi.OpenApi;

namespace ModelApi.Deployments;

/// <summary>The group in which the document shows the routes of this feature.</summary>
internal static class DeploymentsTag
{
    public static TBuilder WithDeploymentsTag<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithTag("Deployments", "Versions uploaded, compared, promoted and rolled back while the server runs.");
}
