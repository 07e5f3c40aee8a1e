using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace ModelApi.Tests.Fixtures;

/// <summary>An OpenID Connect authority on a port of its own, as far as publishing keys goes.</summary>
internal sealed class Authority : IAsyncDisposable
{
    public const string KeyId = "key-1";

    private readonly WebApplication _app;

    private Authority(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public static async Task<Authority> StartAsync(RSA key)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var authority = new Authority(app);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        app.MapGet("/.well-known/openid-configuration", () => new Dictionary<string, object>
        {
            ["issuer"] = authority.Url,
            ["jwks_uri"] = $"{authority.Url}/keys",
        });
        app.MapGet("/keys", () => new Dictionary<string, object>
        {
            ["keys"] = new[]
            {
                new Dictionary<string, string>
                {
                    ["kty"] = "RSA",
                    ["use"] = "sig",
                    ["kid"] = KeyId,
                    ["n"] = WebEncoders.Base64UrlEncode(parameters.Modulus!),
                    ["e"] = WebEncoders.Base64UrlEncode(parameters.Exponent!),
                },
            },
        });
        await app.StartAsync();
        return authority;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
