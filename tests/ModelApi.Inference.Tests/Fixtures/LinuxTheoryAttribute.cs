namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>A theory about what only Linux does.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Only Linux has this.";
}
