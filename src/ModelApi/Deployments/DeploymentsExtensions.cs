namespace ModelApi.Deployments;

internal static class DeploymentsExtensions
{
    public static void AddDeployments(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<IDeploymentStore, DeploymentStore>();
}
