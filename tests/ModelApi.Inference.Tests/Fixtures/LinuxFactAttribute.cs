namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>A fact about what only Linux does.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Only Linux has this.";
}
