using Microsoft.Extensions.Primitives;

namespace ModelApi.Identity;

/// <summary>Those who may call and of whom that is known already, so that no handler need be asked.</summary>
internal sealed class Callers(ApiKeyStore keys, TokenCache tokens, TimeProvider time)
{
    /// <summary>Finds who sent a request.</summary>
    /// <param name="authorization">Its Authorization header.</param>
    /// <returns>Null where the authentication handlers have to see to it.</returns>
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

        // A key may look like a token, and is one only where no tokens are configured: the handlers tell.
        return !BearerToken.IsJwt(token) && keys.Find(token) is { } holder && (holder.Expires == DateTimeOffset.MaxValue || time.GetUtcNow() < holder.Expires)
            ? holder
            : null;
    }
}
