using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Models;

namespace ModelApi.Tests.Fixtures;

/// <summary>The real host on an in-memory server, with the real bank model unless a setting says otherwise.</summary>
public class ModelApiHost : WebApplicationFactory<Program>
{
    public const string Key = "abc123";

    private readonly (string Name, string Value)[] _settings;

    public ModelApiHost()
        : this([])
    {
    }

    protected ModelApiHost(params (string Name, string Value)[] settings) => _settings = settings;

    /// <summary>A host with settings of its own; names as in the configuration, <c>Limits:MaxJsonDepth</c>.</summary>
    public static ModelApiHost With(params (string Name, string Value)[] settings) => new(settings);

    /// <summary>A client that sends the development key, once every model is loaded.</summary>
    public HttpClient Client() => ClientWith(Key);

    public HttpClient ClientWith(string? token)
    {
        var client = AnonymousClient();
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    public HttpClient AnonymousClient()
    {
        var client = CreateClient();
        Services.GetRequiredService<ModelLoading>().Completion.Wait(TimeSpan.FromSeconds(60));
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        // Tests run side by side: what one of them decides about models must not be there for the next.
        builder.UseSetting("Storage:Folder", "");
        foreach (var (name, value) in _settings)
        {
            builder.UseSetting(name, value);
        }
    }
}
