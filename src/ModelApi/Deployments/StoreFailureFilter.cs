using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>Answers changes with 503 while the store cannot be used.</summary>
internal sealed class StoreFailureFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (StoreUnavailableException exception)
        {
            return DeploymentProblems.StoreAway(exception);
        }
    }
}
