using ModelApi.Errors;

namespace ModelApi.Deployments;

/// <summary>What came of an upload.</summary>
/// <param name="Problem">Why it was not taken, or null.</param>
/// <param name="IsNew">Whether there is a version that was not there before; false where the same bytes had come already.</param>
internal sealed record Uploaded(Problem? Problem, bool IsNew = false);
