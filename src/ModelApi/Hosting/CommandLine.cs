namespace ModelApi.Hosting;

/// <summary>Answers <c>--help</c> and <c>--version</c>, for which nothing has to start.</summary>
internal static class CommandLine
{
    private const int WidthOfFiles = 100;

    private static readonly string[] Help = ["--help", "-h", "-?", "/help", "/h", "/?"];
    private static readonly string[] Version = ["--version", "/version"];

    /// <returns>Whether the command line asked for either.</returns>
    public static bool TryAnswer(string[] args)
    {
        if (args.Any(arg => Help.Contains(arg, StringComparer.OrdinalIgnoreCase)))
        {
            Console.Out.Write(Usage.Text(Console.IsOutputRedirected ? WidthOfFiles : Console.WindowWidth));
            return true;
        }

        if (args.Any(arg => Version.Contains(arg, StringComparer.OrdinalIgnoreCase)))
        {
            Console.Out.WriteLine($"{Product.Name} {Product.Version}");
            return true;
        }

        return false;
    }
}
