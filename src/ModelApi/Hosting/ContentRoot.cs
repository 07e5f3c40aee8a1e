namespace ModelApi.Hosting;

/// <summary>Finds the folder of appsettings.json, so that the server can be started from any folder.</summary>
internal static class ContentRoot
{
    private const string Settings = "appsettings.json";

    /// <returns>The program's folder if only it has the settings; null for the framework's choice, the working directory.</returns>
    public static string? Find(string[] args) =>
        !File.Exists(Settings)
        && File.Exists(Path.Combine(AppContext.BaseDirectory, Settings))
        && !args.Any(arg => arg.Contains(HostDefaults.ContentRootKey, StringComparison.OrdinalIgnoreCase))
            ? AppContext.BaseDirectory
            : null;
}
