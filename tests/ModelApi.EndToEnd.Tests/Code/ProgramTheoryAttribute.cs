using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests.Code;

/// <summary>A theory about programs in one language; skipped, with the names of the missing tools, on a machine without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramTheoryAttribute : TheoryAttribute
{
    public ProgramTheoryAttribute(string language) => Skip = Tool.SkipReason(GeneratedProgram.Tools(language));
}
