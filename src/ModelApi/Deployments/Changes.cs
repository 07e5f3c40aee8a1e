using Microsoft.Net.Http.Headers;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>Makes the changes that requests ask for, and answers them.</summary>
internal sealed class Changes(Deployer deployer, ModelRegistry registry)
{
    public Task<IResult> MakeAsync(HttpContext context, string name, Func<Editing, Decision> edit) =>
        MakeAsync(context, name, (editing, _) => Task.FromResult(edit(editing)));

    /// <summary>Makes a change, unless <c>If-Match</c> does not allow it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">The model.</param>
    /// <param name="editAsync">Decides on the change.</param>
    public async Task<IResult> MakeAsync(HttpContext context, string name, Func<Editing, CancellationToken, Task<Decision>> editAsync)
    {
        var deployed = await deployer.ChangeAsync(
            name, Expectation.Of(context), Actor.Of(context), editAsync, context.RequestAborted);
        if (deployed.Problem is { } problem)
        {
            return problem;
        }

        if (deployed.Record is { } record)
        {
            context.Response.Headers[HeaderNames.ETag] = ModelReply.TagOf(record.Revision);
        }

        return TypedResults.Ok(ModelChangeReply.Of(deployed.Edit!, deployed.Model!, registry.Snapshot.Find(name)));
    }
}
