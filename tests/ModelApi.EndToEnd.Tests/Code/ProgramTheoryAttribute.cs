namespace ModelApi.EndToEnd.Tests.Code;

/// <summary>A theory about programs in a language that not every machine can run; skipped, with the reason, where it cannot.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramTheoryAttribute : TheoryAttribute
{
    public ProgramTheoryAttribute(string language) => Skip = GeneratedProgram.Missing(language);
}
