namespace ModelApi.EndToEnd.Tests.Fixtures;

/// <summary>A fact that needs programs beside the .NET SDK; skipped, with their names, on a machine without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] tools) => Skip = Tool.SkipReason(tools);
}
