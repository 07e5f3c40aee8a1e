namespace ModelApi.Hosting;

/// <summary>Finds the folder of the settings, so that the server may be started from anywhere.</summary>
internal static class ContentRoot
{
    private const string Settings = "appsettings.json";

    /// <summary>The program's own folder when it has the settings and the working directory has not; null for the framework's choice.</summary>
    public static string? Find(string[] args) =>
        !File.Exists(Settings)
        && File.Exists(Path.Combine(AppContext.BaseDirectory, Settings))
        && !args.Any(arg => arg.Contains(HostDefaults.ContentRootKey, StringComparison.OrdinalIgnoreCase))
            ? AppContext.BaseDirectory
            : null;
}
