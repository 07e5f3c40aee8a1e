using System.Net;
using System.Net.Sockets;
using System.Text;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

public sealed class ShutdownTests
{
    private const string Post = "POST /predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer abc123\r\n"
        + "Content-Type: application/json\r\nContent-Length: 131\r\n\r\n";

    private const string Row = """{"age":41,"job":"management","marital":"married","education":"tertiary","balance":"""
        + """1506,"housing":"yes","duration":261,"campaign":1}""";

    [Fact]
    public async Task SIGTERM_turns_readiness_off_finishes_what_is_in_flight_and_exits_0()
    {
        await using var server = await ServerProcess.StartAsync(("Limits__DrainSeconds", "2"));
        using var client = server.Client();
        using var inFlight = new TcpClient();
        await inFlight.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        var stream = inFlight.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Post + Row[..20]));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode);

        server.Terminate();
        var ready = await WaitForNotReadyAsync(client);
        var live = await client.GetAsync(new Uri("/health/live", UriKind.Relative));
        var prediction = await client.PostAsync(
            new Uri("/predict", UriKind.Relative), new StringContent(Row, Encoding.UTF8, "application/json"));
        await WaitForClosedPortAsync(server.Address.Port);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Row[20..]));
        var answer = await new StreamReader(stream).ReadToEndAsync();

        Assert.Contains("The server is stopping.", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, prediction.StatusCode));
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Assert.Contains("\"prediction\":\"no\"", answer, StringComparison.Ordinal);
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task Keep_alive_connections_are_told_to_close_while_the_server_drains_and_none_is_reset()
    {
        await using var server = await ServerProcess.StartAsync(("Limits__DrainSeconds", "3"));
        using var client = server.Client();
        using var busy = await KeepAliveConnection.OpenAsync(server.Address.Port);
        using var idle = await KeepAliveConnection.OpenAsync(server.Address.Port);
        using var inFlight = await KeepAliveConnection.OpenAsync(server.Address.Port);
        await busy.SendAsync(Post + Row);
        var before = await busy.ReadAnswerAsync();
        await idle.GetAsync("/models");
        await inFlight.SendAsync(Post + Row[..20]);

        server.Terminate();
        await WaitForNotReadyAsync(client);
        await busy.SendAsync(Post + Row);
        var last = await busy.ReadAnswerAsync();
        await inFlight.SendAsync(Row[20..]);
        var finished = await inFlight.ReadAnswerAsync();

        Assert.StartsWith("HTTP/1.1 200 OK", before, StringComparison.Ordinal);
        Assert.DoesNotContain("Connection: close", before, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("HTTP/1.1 200 OK", last, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", last, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK", finished, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", finished, StringComparison.Ordinal);

        // The end of the stream rather than an exception: the server closed the connections, and reset none of them.
        Assert.Equal((0, 0, 0), (await busy.ReadToEndAsync(), await inFlight.ReadToEndAsync(), await idle.ReadToEndAsync()));
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    private static async Task<HttpResponseMessage> WaitForNotReadyAsync(HttpClient client)
    {
        for (var patience = 0; patience < 100; patience++)
        {
            var response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                return response;
            }

            await Task.Delay(10);
        }

        throw new InvalidOperationException("The server stayed ready after SIGTERM.");
    }

    private static async Task WaitForClosedPortAsync(int port)
    {
        for (var patience = 0; patience < 500; patience++)
        {
            using var socket = new TcpClient();
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
            }
            catch (SocketException)
            {
                return;
            }

            await Task.Delay(20);
        }

        throw new InvalidOperationException("The port stayed open after SIGTERM.");
    }
}
