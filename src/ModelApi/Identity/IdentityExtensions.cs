using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using ModelApi.Errors;

namespace ModelApi.Identity;

internal static class IdentityExtensions
{
    private const string BearerScheme = "Bearer";
    private const string JwtScheme = "Jwt";

    public static void AddIdentity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptionsWithValidateOnStart<IdentityOptions>().BindConfiguration(IdentityOptions.Section);
        services.AddSingleton<IValidateOptions<IdentityOptions>, IdentityOptionsValidator>();
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton(provider => new TokenCache(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Callers>();

        var tokens = JwtSettings.Read(builder.Configuration);
        var authentication = AddAuthenticationBuilder(services)
            .AddPolicyScheme(BearerScheme, displayName: null, scheme => scheme.ForwardDefaultSelector = context =>
                tokens.IsConfigured && BearerToken.TryRead(context.Request.Headers.Authorization, out ReadOnlySpan<char> token) && BearerToken.IsJwt(token)
                    ? JwtScheme
                    : ApiKeyHandler.Scheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Scheme, configureOptions: null);
        if (tokens.IsConfigured && !tokens.Check().Any())
        {
            // The handler asks for data protection and uses none of it: no keys need to outlive the process.
            services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
            authentication.AddJwtBearer(JwtScheme, jwt => Configure(jwt, tokens));
        }

        services.AddAuthorization();
    }

    public static void UseIdentity(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }

    // Not AddAuthentication: that also starts data protection, which writes keys for cookies to the disk.
    private static AuthenticationBuilder AddAuthenticationBuilder(IServiceCollection services)
    {
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = BearerScheme);
        services.AddWebEncoders();
#pragma warning disable CS0618 // The 2.3 line of JwtBearer takes its clock from here.
        services.AddSingleton<ISystemClock, SystemClock>();
#pragma warning restore CS0618
        return new AuthenticationBuilder(services);
    }

    private static void Configure(JwtBearerOptions jwt, JwtSettings settings)
    {
        jwt.Authority = settings.Authority;
        jwt.RequireHttpsMetadata = settings.RequireHttpsMetadata;
        if (settings.MetadataAddress is not null)
        {
            jwt.MetadataAddress = settings.MetadataAddress;
        }

        jwt.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuers = [.. settings.Issuers],
            ValidAudiences = [.. settings.Audiences],
            ValidateIssuer = true,
            ValidateAudience = true,
            ValidateLifetime = true,
            ValidateIssuerSigningKey = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            IssuerSigningKeys = settings.Keys(),
            ClockSkew = TimeSpan.FromSeconds(settings.ClockSkewSeconds),
        };
        jwt.Events = new JwtBearerEvents
        {
            OnMessageReceived = received =>
            {
                if (BearerToken.TryRead(received.Request.Headers.Authorization, out ReadOnlySpan<char> token) && CacheOf(received.HttpContext).Find(token) is { } caller)
                {
                    received.Principal = caller;
                    received.Success();
                }

                return Task.CompletedTask;
            },
            OnTokenValidated = validated =>
            {
                if (validated.Principal is { } principal && BearerToken.TryRead(validated.Request.Headers.Authorization, out ReadOnlySpan<char> token))
                {
                    var caller = new Caller(principal, Expiry(validated.SecurityToken.ValidTo, validated.Options.TokenValidationParameters.ClockSkew));
                    CacheOf(validated.HttpContext).Add(token, caller);
                    validated.Principal = caller;
                }

                return Task.CompletedTask;
            },

            // Without this, an authority that cannot be reached would be an exception of the server.
            OnAuthenticationFailed = failed =>
            {
                failed.Fail(failed.Exception is SecurityTokenException or ArgumentException or AggregateException
                    ? failed.Exception
                    : new AuthorityUnreachableException(failed.Exception));
                return Task.CompletedTask;
            },
            OnChallenge = challenge =>
            {
                challenge.HandleResponse();
                if (challenge.AuthenticateFailure is AuthorityUnreachableException unreachable)
                {
                    LoggerOf(challenge.HttpContext).AuthorityFailed(unreachable.Message);
                    return Problems.NotReady("The keys of the authority that issues tokens cannot be had now; try again later.").WriteAsync(challenge.HttpContext);
                }

                return BearerChallenge.WriteAsync(challenge.HttpContext, challenge.AuthenticateFailure is { } failure ? Reason(failure) : null);
            },
        };
    }

    // As the handler reckons: a token is good until its expiry, and the skew beyond.
    private static DateTimeOffset Expiry(DateTime validTo, TimeSpan skew) =>
        validTo < DateTime.MaxValue - skew ? new DateTimeOffset(validTo + skew, TimeSpan.Zero) : DateTimeOffset.MaxValue;

    private static TokenCache CacheOf(HttpContext context) => context.RequestServices.GetRequiredService<TokenCache>();

    private static ILogger LoggerOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("ModelApi.Identity");

    // The library's own messages repeat the token's claims and keys.
    private static string Reason(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions: [var first, ..] } => Reason(first),
        SecurityTokenExpiredException => "The token has expired.",
        SecurityTokenNotYetValidException => "The token is not valid yet.",
        SecurityTokenNoExpirationException => "The token has no expiry.",
        SecurityTokenInvalidAudienceException => "The token is for another audience.",
        SecurityTokenInvalidIssuerException => "The token is from another issuer.",
        SecurityTokenInvalidSignatureException or SecurityTokenInvalidSigningKeyException => "The token's signature is not valid.",
        _ => "The token is not valid.",
    };
}
