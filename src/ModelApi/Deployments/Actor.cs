using ModelApi.Identity;

namespace ModelApi.Deployments;

/// <summary>Who makes a change.</summary>
/// <param name="User">The caller's name, or that of the part of the server that acts by itself.</param>
/// <param name="TraceId">What ties the change to its request.</param>
internal sealed record Actor(string User, string? TraceId)
{
    /// <summary>A rollout that ends by itself.</summary>
    public static Actor Rollout { get; } = new("rollout", TraceId: null);

    public static Actor Of(HttpContext context) => new(UserName.Of(context.User) ?? "anonymous", Errors.TraceId.Of(context));
}
