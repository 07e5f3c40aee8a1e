using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Wire;

namespace ModelApi.Fuzz.Servers;

/// <summary>The real server with the shipped models on a real port of this process.</summary>
public sealed class FuzzedHost : WebApplicationFactory<Program>
{
    public const string Key = "abc123";
    public const string Issuer = "https://issuer.test";
    public const string Audience = "modelapi";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RecordedFaults _faults = new();

    public FuzzedHost()
    {
        UseKestrel();
        StartServer();
        Server = new IPEndPoint(IPAddress.Loopback, new Uri(Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First()).Port);
        WaitForModels();
        Requests = new HttpRequests(Models, Key, new Tokens(TokenKey, Issuer, Audience));
    }

    internal static byte[] TokenKey { get; } = [.. Enumerable.Range(1, 48).Select(number => (byte)number)];

    internal static IReadOnlyList<ModelSchema> Models { get; } = ModelSchema.ReadAll(Repository.Models);

    internal new EndPoint Server { get; }

    internal HttpRequests Requests { get; }

    /// <summary>Sends a request over a connection of its own.</summary>
    internal async Task<WireAnswer> SendAsync(byte[] request, TimeSpan? patience = null)
    {
        using var connection = new WireConnection(Server);
        return await connection.ExchangeAsync(request, patience ?? Patience);
    }

    /// <summary>Checks that nothing was logged that points to a fault of the server, and that it still answers as its trainer.</summary>
    internal async Task CheckAsync(Random random)
    {
        _faults.ThrowIfAny();
        var good = Requests.Good(random);
        var answer = await SendAsync(good.Bytes);
        Assert.True(
            GoldenAnswer.IsRight(good.Golden!, answer),
            $"The golden row after it is answered {answer.Status} {System.Text.Encoding.UTF8.GetString(answer.Body)}");
    }

    /// <summary>Checks that a status is no fault of the server.</summary>
    internal static void CheckStatus(WireAnswer answer, bool asksForDeadline)
    {
        var isFine = answer.Status is < 500 or 505 || answer.IsOverload || (answer.Status == 504 && asksForDeadline);
        Assert.True(isFine, $"{answer.Status} {System.Text.Encoding.UTF8.GetString(answer.Body)}");
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseSetting("Models:Root", Repository.Models);
        builder.UseSetting("Logging:LogLevel:ModelApi", "Warning");
        builder.UseSetting("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", Issuer);
        builder.UseSetting("Authentication:Schemes:Bearer:SigningKeys:0:Value", Convert.ToBase64String(TokenKey));
        builder.UseSetting("Authentication:Schemes:Bearer:ValidIssuer", Issuer);
        builder.UseSetting("Authentication:Schemes:Bearer:ValidAudience", Audience);
        builder.ConfigureLogging(logging => logging.AddProvider(_faults));
    }

    private void WaitForModels()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{Server}") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        foreach (var model in Models)
        {
            var path = new Uri($"/models/{model.Name}/example", UriKind.Relative);
            for (var tries = 0; client.GetAsync(path).GetAwaiter().GetResult().StatusCode != HttpStatusCode.OK; tries++)
            {
                Assert.True(tries < 600, $"{model.Name} was not loaded.");
                Thread.Sleep(100);
            }
        }
    }
}
