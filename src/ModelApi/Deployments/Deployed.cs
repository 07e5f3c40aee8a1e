using ModelApi.Errors;
using ModelApi.Inference.Registry;

namespace ModelApi.Deployments;

/// <summary>What came of a change.</summary>
/// <param name="Problem">Why it was not made, or null.</param>
/// <param name="Edit">The change; null where there is a problem.</param>
/// <param name="Model">The model as it was when the change was decided on.</param>
/// <param name="Record">What the store knows of the model now; null for nothing.</param>
internal sealed record Deployed(Problem? Problem, Edit? Edit = null, Model? Model = null, ModelRecord? Record = null);
