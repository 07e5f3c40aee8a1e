using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using ModelApi.Configuration;

namespace ModelApi.Identity;

internal static class IdentityExtensions
{
    // The JWT scheme has the name under which JwtBearer looks for its settings: Authentication:Schemes:Bearer.
    private const string JwtScheme = "Bearer";
    private const string KeyOrTokenScheme = "KeyOrToken";

    public static void AddIdentity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var tokens = JwtSettings.Read(new SettingsReader(builder.Configuration.GetSection(JwtSettings.Section)));
        builder.AddSettings(JwtSettings.Section, JwtSettings.Read);
        builder.AddSettings(IdentityOptions.Section, settings =>
        {
            var options = IdentityOptions.Read(settings);
            IdentityCheck.Check(settings, options, tokens.IsConfigured, builder.Environment);
            return options;
        });
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<TokenCache>();
        services.AddSingleton<Callers>();

        var authentication = AddAuthenticationBuilder(services)
            .AddPolicyScheme(KeyOrTokenScheme, displayName: null, scheme => scheme.ForwardDefaultSelector = context =>
                tokens.IsConfigured && BearerToken.TryReadJwt(context.Request.Headers.Authorization, out _)
                    ? JwtScheme
                    : ApiKeyHandler.Scheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Scheme, configureOptions: null);
        if (tokens.IsConfigured)
        {
            authentication.AddJwtBearer(JwtScheme, jwt => JwtBearerSetup.Configure(jwt, tokens));
        }

        services.AddAuthorization();
    }

    public static void UseIdentity(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }

    // Not AddAuthentication: it also starts data protection, which writes keys for cookies to disk. JwtBearer asks for data
    // protection but uses none of it, so keys in memory do.
    private static AuthenticationBuilder AddAuthenticationBuilder(IServiceCollection services)
    {
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = KeyOrTokenScheme);
        services.AddSingleton<IAuthenticationConfigurationProvider, AuthenticationConfiguration>();
        services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
        services.AddWebEncoders();
        return new AuthenticationBuilder(services);
    }

    /// <summary>The section from which JwtBearer binds its options; AddAuthentication would register the same.</summary>
    private sealed class AuthenticationConfiguration(IConfiguration configuration) : IAuthenticationConfigurationProvider
    {
        IConfiguration IAuthenticationConfigurationProvider.AuthenticationConfiguration => configuration.GetSection("Authentication");
    }
}
