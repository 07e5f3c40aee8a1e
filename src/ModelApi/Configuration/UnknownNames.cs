using ModelApi.Inference.Signatures;

namespace ModelApi.Configuration;

/// <summary>Finds settings and command-line options that nothing reads: most are misspelt.</summary>
internal static class UnknownNames
{
    // The sections and settings of ASP.NET Core itself.
    private static readonly string[] Framework =
    [
        "urls", "http_ports", "https_ports", "https_port", "environment", "contentRoot", "webroot", "applicationName", "AllowedHosts",
        "Kestrel", "Logging", "Authentication", "ConnectionStrings", "detailedErrors", "captureStartupErrors", "preferHostingUrls",
        "suppressStatusMessages", "shutdownTimeoutSeconds", "startupAssembly", "hostingStartupAssemblies",
        "hostingStartupExcludeAssemblies", "preventHostingStartup", "forwardedHeaders_Enabled", "staticWebAssets", "hostBuilder", "Metrics",
    ];

    // Program answers these by itself; they are here to be suggested.
    private static readonly string[] Switches = ["help", "version", "health", "move-store"];

    /// <param name="configuration">The whole configuration, from every source.</param>
    /// <param name="sections">The sections that the features read.</param>
    /// <param name="args">The command line.</param>
    /// <returns>A sentence for each unknown name.</returns>
    public static IEnumerable<string> Find(IConfiguration configuration, IReadOnlyList<SettingsSection> sections, string[] args)
    {
        var ours = sections.Select(section => section.Name.Split(':')[0]).Distinct().ToList();
        var known = new HashSet<string>(ours.Concat(Framework), StringComparer.OrdinalIgnoreCase);
        var options = FindOptions(args, known, [.. Framework, .. sections.SelectMany(section => section.Names), .. Switches]).ToList();
        return options.Select(option => option.Message)
            .Concat(sections.SelectMany(section => section.Unknown).Select(setting => setting.ToString()))
            .Concat(FindSections(configuration, ours, [.. known, .. options.Select(option => option.Root)]));
    }

    // The environment is part of the configuration, so a section of another program's is no mistake unless it is nearly one of ours.
    private static IEnumerable<string> FindSections(IConfiguration configuration, List<string> ours, HashSet<string> known) =>
        configuration.GetChildren()
            .Where(section => !known.Contains(section.Key, StringComparer.OrdinalIgnoreCase) && section.GetChildren().Any())
            .Select(section => NearestName.Find(section.Key, ours) is { } nearest
                ? $"{section.Key} is not a section of settings; did you mean {nearest}?"
                : null)
            .OfType<string>();

    // By the rules of the configuration's own command-line source: --name value, --name=value, /name value, name=value.
    private static IEnumerable<UnknownOption> FindOptions(string[] args, HashSet<string> known, string[] candidates)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var arg = args[i];
            var dashes = arg.StartsWith("--", StringComparison.Ordinal) ? 2 : arg.StartsWith('-') || arg.StartsWith('/') ? 1 : 0;
            var end = arg.IndexOf('=', StringComparison.Ordinal);
            var name = end < 0 ? arg[dashes..] : arg[dashes..Math.Max(dashes, end)];
            var root = name.Split(':')[0];
            if (dashes == 0 && end < 0)
            {
                yield return new(root, $"The argument '{arg}' is ignored: options begin with --, as in --urls http://localhost:8900.");
            }
            else if (!known.Contains(root))
            {
                var nearest = NearestName.Find(name, candidates);
                var hint = nearest is null ? "see --help." : $"did you mean --{nearest}?";
                yield return new(root, $"{arg[..dashes]}{name} is not an option; {hint}");
            }
            else if (end < 0 && (i + 1 == args.Length || arg[..dashes] == "-"))
            {
                yield return new(root, $"The option {arg} is ignored: write --{name} <value>; see --help.");
            }

            // A dash alone is no option, so that nothing after it is its value.
            i += end < 0 && dashes > 0 && arg[..dashes] != "-" ? 1 : 0;
        }
    }

    private sealed record UnknownOption(string Root, string Message);
}
