namespace MlNetTraining;

/// <summary>The command line.</summary>
/// <param name="Model"><c>bank</c> or <c>wine</c>.</param>
/// <param name="Data">The data set: a file for bank, a folder for wine.</param>
/// <param name="Out">The folder for the files.</param>
/// <param name="Models">The folder of models in which to make a bundle; null for none.</param>
/// <param name="Version">The version of the bundle; null for the next free one.</param>
internal sealed record Arguments(string Model, string Data, string Out, string? Models, string? Version)
{
    public static Arguments? TryParse(string[] args)
    {
        if (args is not ["bank" or "wine", ..] || args.Length % 2 == 0)
        {
            return null;
        }

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i < args.Length; i += 2)
        {
            options[args[i]] = args[i + 1];
        }

        return options.Keys.All(key => key is "--data" or "--out" or "--models" or "--version")
            && options.TryGetValue("--data", out var data)
            ? new Arguments(
                args[0],
                data,
                options.GetValueOrDefault("--out") ?? Path.Combine("out", args[0]),
                options.GetValueOrDefault("--models"),
                options.GetValueOrDefault("--version"))
            : null;
    }
}
