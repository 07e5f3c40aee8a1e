namespace ModelApi.Models.Code;

/// <summary>A language in which the server writes a program that calls a model.</summary>
/// <param name="Name">What callers ask for.</param>
/// <param name="Program">Writes the program.</param>
internal sealed record CodeLanguage(string Name, Func<SampleCall, string> Program)
{
    public static IReadOnlyList<CodeLanguage> All { get; } =
    [
        new("curl", CurlCode.Program),
        new("python", PythonCode.Program),
        new("javascript", JavaScriptCode.Program),
        new("typescript", TypeScriptCode.Program),
        new("java", JavaCode.Program),
        new("scala", ScalaCode.Program),
        new("csharp", CSharpCode.Program),
        new("go", GoCode.Program),
    ];
}
