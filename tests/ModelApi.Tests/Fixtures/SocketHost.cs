using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Models;

namespace ModelApi.Tests.Fixtures;

/// <summary>The real host on a real port.</summary>
public class SocketHost : ModelApiHost
{
    // Without a port, which the factory would set only after it has built the host, when the program may have started it already.
    public SocketHost()
        : this([])
    {
    }

    private SocketHost((string Name, string Value)[] settings)
        : base(settings) => UseKestrel();

    /// <summary>A host with settings of its own; names as in the configuration.</summary>
    public static new SocketHost With(params (string Name, string Value)[] settings) => new(settings);

    /// <summary>The port, once every model is loaded.</summary>
    public int Port()
    {
        StartServer();
        Services.GetRequiredService<ModelLoading>().Completion.Wait(TimeSpan.FromSeconds(60));
        return new Uri(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.UseSetting("urls", "http://127.0.0.1:0");

        // A version whose rows are joined has no plain predictions, and whether they are is otherwise a matter of timing.
        builder.UseSetting("Models:Batching:Mode", "Off");
    }
}
