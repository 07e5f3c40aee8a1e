namespace ModelApi.Health;

/// <summary><c>ModelApi --health [url]</c>: asks a running server whether it is ready, for containers that have no curl.</summary>
internal static class HealthProbe
{
    private const string Switch = "--health";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public static bool IsAskedFor(string[] args) => args is [Switch, ..];

    /// <returns>0 when the server is ready, or else 1.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var port = Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS")?.Split(';')[0] ?? "8900";
        var url = args.Length > 1 ? args[1] : $"http://localhost:{port}/health/ready";
        using var client = new HttpClient { Timeout = Timeout };
        try
        {
            using var response = await client.GetAsync(new Uri(url));
            await Console.Out.WriteLineAsync($"{url}: {(int)response.StatusCode}");
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or UriFormatException or InvalidOperationException or NotSupportedException)
        {
            await Console.Error.WriteLineAsync($"{url}: {exception.Message}");
            return 1;
        }
    }
}
