namespace ModelApi.Models.Code;

/// <summary>A language in which the server writes programs that call a model.</summary>
/// <param name="Name">The name that callers ask for.</param>
/// <param name="Program">Writes the program.</param>
internal sealed record CodeLanguage(string Name, Func<SampleCall, string> Program)
{
    public const string Python = "python";

    private static readonly CodeLanguage[] All =
    [
        new("curl", CurlCode.Program),
        new(Python, PythonCode.Program),
        new("javascript", JavaScriptCode.Program),
        new("typescript", TypeScriptCode.Program),
        new("java", JavaCode.Program),
        new("scala", ScalaCode.Program),
        new("csharp", CSharpCode.Program),
        new("go", GoCode.Program),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(language => language.Name)];

    /// <summary>The language of that name in any case, or null.</summary>
    public static CodeLanguage? Find(string? name) =>
        Array.Find(All, language => language.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
