using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using ModelApi.Errors;

namespace ModelApi.Identity;

/// <summary>What the server adds to JwtBearer's own settings: PEM keys, the token cache, and its own 401 and 503 answers.</summary>
internal static class JwtBearerSetup
{
    /// <param name="jwt">Already bound from the configuration by JwtBearer.</param>
    /// <param name="settings">The settings that JwtBearer does not know.</param>
    public static void Configure(JwtBearerOptions jwt, JwtSettings settings)
    {
        jwt.MapInboundClaims = false;

        var validation = jwt.TokenValidationParameters;
        validation.ValidateIssuer = true;
        validation.ValidateAudience = true;
        validation.ClockSkew = TimeSpan.FromSeconds(settings.ClockSkewSeconds);

        // JwtBearer's own sequence decodes the keys anew for each token.
        validation.IssuerSigningKeys = [.. validation.IssuerSigningKeys ?? [], .. settings.ReadPublicKeys()];
        jwt.Events = new JwtBearerEvents
        {
            OnMessageReceived = ReceiveAsync,
            OnTokenValidated = KeepAsync,
            OnChallenge = ChallengeAsync,
        };
    }

    private static async Task ReceiveAsync(MessageReceivedContext received)
    {
        if (BearerToken.TryReadJwt(received.Request.Headers.Authorization, out var token))
        {
            if (CacheOf(received.HttpContext).Find(token) is { } caller)
            {
                received.Principal = caller;
                received.Success();
                return;
            }

            if (TokenShape.Refuse(token) is { } reason)
            {
                received.Fail(new RefusedTokenException(reason));
                return;
            }
        }

        // JwtBearer validates without the authority's keys when they cannot be fetched, and so would blame the token.
        try
        {
            if (received.Options.ConfigurationManager is { } authority)
            {
                await authority.GetConfigurationAsync(received.HttpContext.RequestAborted);
            }
        }
        catch (Exception exception) when (!received.HttpContext.RequestAborted.IsCancellationRequested)
        {
            received.Fail(new AuthorityUnreachableException(exception));
        }
    }

    private static Task KeepAsync(TokenValidatedContext validated)
    {
        if (validated.Principal is { } principal && BearerToken.TryReadJwt(validated.Request.Headers.Authorization, out var token))
        {
            var expires = ExpiryOf(validated.SecurityToken, validated.Options.TokenValidationParameters.ClockSkew);
            var caller = new Caller(principal, expires);
            CacheOf(validated.HttpContext).Add(token, caller);
            validated.Principal = caller;
        }

        return Task.CompletedTask;
    }

    private static Task ChallengeAsync(JwtBearerChallengeContext challenge)
    {
        challenge.HandleResponse();
        if (challenge.AuthenticateFailure is AuthorityUnreachableException unreachable)
        {
            LoggerOf(challenge.HttpContext).AuthorityFailed(unreachable.Message);
            return Failures.NotReady("The keys of the authority that issues tokens cannot be fetched; try again later.")
                .WriteAsync(challenge.HttpContext);
        }

        return BearerChallenge.WriteAsync(challenge.HttpContext, challenge.AuthenticateFailure is { } failure ? Reason(failure) : null);
    }

    private static DateTimeOffset ExpiryOf(SecurityToken token, TimeSpan skew) =>
        token.ValidTo < DateTime.MaxValue - skew ? new DateTimeOffset(token.ValidTo + skew, TimeSpan.Zero) : DateTimeOffset.MaxValue;

    private static TokenCache CacheOf(HttpContext context) => context.RequestServices.GetRequiredService<TokenCache>();

    private static ILogger LoggerOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("ModelApi.Identity");

    // JwtBearer's own messages repeat the token's claims and keys.
    private static string Reason(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions: [var first, ..] } => Reason(first),
        RefusedTokenException refused => refused.Message,
        SecurityTokenExpiredException => "The token has expired.",
        SecurityTokenNotYetValidException => "The token is not valid yet.",
        SecurityTokenNoExpirationException => "The token has no expiry.",
        SecurityTokenInvalidAudienceException => "The token is for another audience.",
        SecurityTokenInvalidIssuerException => "The token is from another issuer.",
        SecurityTokenInvalidSignatureException or SecurityTokenInvalidSigningKeyException => "The token's signature is not valid.",
        _ => "The token is not valid.",
    };
}
