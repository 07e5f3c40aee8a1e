using ModelApi.Inference.Registry;

namespace ModelApi.Deployments;

/// <summary>What a change is decided on.</summary>
/// <param name="Record">What the store knows of the model.</param>
/// <param name="Model">What the registry knows of it.</param>
/// <param name="Now">The time of the change.</param>
internal sealed record Editing(ModelRecord Record, Model Model, DateTimeOffset Now)
{
    /// <summary>The version that serves calls without a version, or would if it were ready.</summary>
    public string? Production => Record.IsStaged ? Record.Production() : Model.Production?.Version;
}
