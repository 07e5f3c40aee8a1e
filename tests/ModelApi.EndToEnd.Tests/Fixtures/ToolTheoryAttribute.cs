namespace ModelApi.EndToEnd.Tests.Fixtures;

/// <summary>A theory that needs programs beside the .NET SDK; skipped, with their names, on a machine without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(params string[] tools) => Skip = Tool.SkipReason(tools);
}
