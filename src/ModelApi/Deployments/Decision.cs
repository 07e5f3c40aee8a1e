using ModelApi.Errors;

namespace ModelApi.Deployments;

/// <summary>Either a change, or why there is none.</summary>
internal sealed record Decision(Edit? Edit, Problem? Problem)
{
    public static Decision Of(Problem? problem, Edit? edit) => new(problem is null ? edit : null, problem);
}
