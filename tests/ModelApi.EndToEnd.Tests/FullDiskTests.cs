using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ModelApi.EndToEnd.Tests;

/// <summary>A server whose standard output and error go to a full disk.</summary>
public sealed class FullDiskTests
{
    [LinuxFact]
    public async Task The_server_serves_on_when_nothing_can_be_written_to_its_console()
    {
        var port = FreePort();
        var project = Path.Combine(Repository.Root, "src", "ModelApi");
        var program = Path.Combine(project, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "ModelApi.dll");
        var start = new ProcessStartInfo(
            "sh", ["-c", "exec dotnet \"$0\" --urls \"$1\" >/dev/full 2>&1", program, $"http://127.0.0.1:{port}"])
        {
            WorkingDirectory = project,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        using var process = Process.Start(start)!;
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            client.DefaultRequestHeaders.Authorization = new("Bearer", "abc123");
            await WaitForReadyAsync(client, process);

            // The announcement and the first lines of the log come about now; a failure of theirs would stop the server.
            for (var i = 0; i < 30; i++)
            {
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/models", UriKind.Relative))).StatusCode);
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode);
                await Task.Delay(100);
            }

            Assert.False(process.HasExited);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static async Task WaitForReadyAsync(HttpClient client, Process process)
    {
        for (var tries = 0; ; tries++)
        {
            Assert.True(tries < 600 && !process.HasExited, "The server did not start.");
            try
            {
                if ((await client.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // The port is not open yet.
            }

            await Task.Delay(100);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
