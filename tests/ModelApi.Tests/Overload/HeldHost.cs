using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Overload;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Overload;

/// <summary>The real host with a model that the test can hold.</summary>
internal sealed class HeldHost : ModelApiHost
{
    private readonly BatchingPolicy _batching;

    public HeldHost(BatchingPolicy batching, params (string Name, string Value)[] settings)
        : base(settings) => _batching = batching;

    public HeldHost(params (string Name, string Value)[] settings)
        : this(new BatchingPolicy { Mode = BatchingMode.Off }, settings)
    {
    }

    public HeldModel Model { get; } = new();

    /// <summary>How many requests wait for a permit, by the server's own metric.</summary>
    public int Waiting => Services.GetRequiredService<PredictionGate>().Waiting;

    /// <summary>A host on a real port, for what an in-memory server does not show.</summary>
    public static HeldHost OnPort(params (string Name, string Value)[] settings)
    {
        var host = new HeldHost([.. settings, ("urls", "http://127.0.0.1:0")]);
        host.UseKestrel();
        host.StartServer();
        return host;
    }

    /// <summary>Sends bytes as they are to the port, and reads until the answers hold a text or the server closes.</summary>
    public async Task<string> SendRawAsync(string request, string untilAnswerHolds)
    {
        var address = new Uri(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, address.Port);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        var answer = "";
        var buffer = new byte[4096];
        while (!answer.Contains(untilAnswerHolds, StringComparison.Ordinal)
            && await connection.GetStream().ReadAsync(buffer) is > 0 and var length)
        {
            answer += Encoding.ASCII.GetString(buffer, 0, length);
        }

        return answer;
    }

    public Task WaitForWaitingAsync(int count) => WaitForAsync(() => Waiting, count);

    public Task WaitForQueuedRowsAsync(int count) =>
        WaitForAsync(() => Services.GetRequiredService<ModelRegistry>().Snapshot.Find("bank")!.Production!.Batcher!.QueuedRows, count);

    // That a request was sent says nothing of when it arrives.
    private static async Task WaitForAsync(Func<int> actual, int expected)
    {
        for (var i = 0; i < 6000 && actual() != expected; i++)
        {
            await Task.Delay(10);
        }

        Assert.Equal(expected, actual());
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureTestServices(services => services.AddSingleton(Model.Registry(_batching)));
    }
}
