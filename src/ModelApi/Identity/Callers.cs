using Microsoft.Extensions.Primitives;

namespace ModelApi.Identity;

/// <summary>Callers whose key or token is already validated, without the authentication handlers.</summary>
internal sealed class Callers(ApiKeyStore keys, TokenCache tokens, TimeProvider time)
{
    /// <param name="authorization">The request's Authorization header.</param>
    /// <returns>Null when the authentication handlers have to decide.</returns>
    public Caller? Find(StringValues authorization)
    {
        if (!BearerToken.TryRead(authorization, out ReadOnlySpan<char> token))
        {
            return null;
        }

        if (BearerToken.IsJwt(token) && tokens.Find(token) is { } caller)
        {
            return caller;
        }

        // An API key in the form of a token is valid only where no tokens are configured: the handlers decide.
        return !BearerToken.IsJwt(token)
            && keys.Find(token) is { } holder
            && (holder.Expires == DateTimeOffset.MaxValue || time.GetUtcNow() < holder.Expires)
            ? holder
            : null;
    }
}
