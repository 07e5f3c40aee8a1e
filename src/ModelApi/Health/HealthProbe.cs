using System.Globalization;

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
        var url = args.Length > 1 ? args[1] : "ASPNETCORE_URLS";
        using var client = new HttpClient { Timeout = Timeout };
        try
        {
            url = args.Length > 1 ? url : $"http://localhost:{FindPort()}/health/ready";
            using var response = await client.GetAsync(new Uri(url));
            await Console.Out.WriteLineAsync($"{url}: {(int)response.StatusCode}");
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or FormatException
            or InvalidOperationException or NotSupportedException)
        {
            await Console.Error.WriteLineAsync($"{url}: {exception.Message}");
            return 1;
        }
    }

    // The first port of the environment, as the server in the same container takes it.
    private static string FindPort()
    {
        var address = Environment.GetEnvironmentVariable("ASPNETCORE_URLS")?.Split(';')[0];
        return address is null
            ? Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS")?.Split(';')[0] ?? "8900"
            : BindingAddress.Parse(address).Port.ToString(CultureInfo.InvariantCulture);
    }
}
