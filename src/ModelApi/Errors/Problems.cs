namespace ModelApi.Errors;

/// <summary>The problems of routes that describe models; a prediction's are <see cref="Failures"/>.</summary>
internal static class Problems
{
    private const int MaxEchoLength = 100;

    /// <param name="document">The document that was searched.</param>
    /// <param name="path">How far the path led; empty for the document itself.</param>
    /// <param name="part">The part that is missing there.</param>
    /// <param name="known">The parts that exist there.</param>
    public static Problem UnknownPart(string document, string path, string part, IEnumerable<string> known) =>
        Misspelt(
            ProblemTypes.UnknownPart, "No such part", $"{document}{(path.Length == 0 ? "" : $" at '{path}'")} has no", part, [.. known]);

    public static Problem UnknownLanguage(string? language, IEnumerable<string> known) =>
        string.IsNullOrEmpty(language)
            ? Unknown(ProblemTypes.UnknownLanguage, "No such language", "Name the language of the program: ?language=…", [.. known])
            : Misspelt(ProblemTypes.UnknownLanguage, "No such language", "There is no program in the language", language, [.. known]);

    public static Problem NotInBundle(string model, string version, string file) =>
        new(
            404, ProblemTypes.NotInBundle, "The bundle does not say",
            $"The bundle of model '{model}', version {version}, holds no {file}.");

    private static Problem Misspelt(string type, string title, string what, string asked, List<string> known)
    {
        var shown = asked.Length <= MaxEchoLength ? asked : $"{asked.AsSpan(0, MaxEchoLength)}…";
        return Unknown(type, title, $"{what} '{shown}'{KnownNames.Suggest(asked, known)}", known);
    }

    private static Problem Unknown(string type, string title, string detail, List<string> known) =>
        new(404, type, title, $"{detail} {KnownNames.List(known)}") { Extensions = KnownNames.Facts(known) };
}
