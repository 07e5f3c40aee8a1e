using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelApi.Identity;

namespace ModelApi.Tests.Fixtures;

/// <summary>Counts the requests that reach the authentication handlers, which plain predictions do not.</summary>
public sealed class CountingHost : SocketHost
{
    public int Authenticated => Services.GetRequiredService<CountingOptions>().Count;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.UseSetting("Identity:ApiKeys:1:User", "ana");
        builder.UseSetting("Identity:ApiKeys:1:Sha256", Convert.ToHexString(SHA256.HashData("expired"u8)));
        builder.UseSetting("Identity:ApiKeys:1:Expires", "2020-01-01T00:00:00Z");
        builder.ConfigureServices(services =>
        {
            services.AddSingleton<CountingOptions>();
            services.AddSingleton<IOptionsMonitor<AuthenticationSchemeOptions>>(provider => provider.GetRequiredService<CountingOptions>());
        });
    }

    /// <summary>The options that each handler asks for once for each request.</summary>
    private sealed class CountingOptions(IServiceProvider services) : IOptionsMonitor<AuthenticationSchemeOptions>
    {
        private readonly OptionsMonitor<AuthenticationSchemeOptions> _options =
            ActivatorUtilities.CreateInstance<OptionsMonitor<AuthenticationSchemeOptions>>(services);

        private int _count;

        public int Count => _count;

        public AuthenticationSchemeOptions CurrentValue => _options.CurrentValue;

        public AuthenticationSchemeOptions Get(string? name)
        {
            if (name == ApiKeyHandler.Scheme)
            {
                Interlocked.Increment(ref _count);
            }

            return _options.Get(name);
        }

        public IDisposable? OnChange(Action<AuthenticationSchemeOptions, string?> listener) => _options.OnChange(listener);
    }
}
