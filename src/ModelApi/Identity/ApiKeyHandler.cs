using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ModelApi.Identity;

/// <summary>Authenticates a bearer token that is an API key.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyStore keys, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "ApiKey";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        await BearerChallenge.WriteAsync(Context, result.Failure?.Message);
    }

    private AuthenticateResult Authenticate()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }

        if (!BearerToken.TryRead(header, out ReadOnlySpan<char> token))
        {
            return AuthenticateResult.Fail("The request has several Authorization headers, or one of another scheme.");
        }

        return keys.Find(token) switch
        {
            null => AuthenticateResult.Fail("The key is not known."),
            { Expires: var expires } when expires <= time.GetUtcNow() => AuthenticateResult.Fail("The key has expired."),
            var caller => AuthenticateResult.Success(new AuthenticationTicket(caller, Scheme)),
        };
    }
}
