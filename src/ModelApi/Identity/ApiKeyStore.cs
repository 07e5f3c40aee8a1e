using System.Collections.Frozen;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ModelApi.Identity;

/// <summary>Finds the user of an API key without ever comparing keys, or digests in a time that depends on them.</summary>
internal sealed class ApiKeyStore
{
    private readonly FrozenDictionary<TokenDigest, Caller> _callers;

    public ApiKeyStore(IOptions<IdentityOptions> options)
    {
        HoldsDevelopmentKey = options.Value.ApiKeys.Any(key => string.Equals(key.Sha256, DevelopmentKey.Sha256, StringComparison.OrdinalIgnoreCase));
        _callers = options.Value.ApiKeys.ToFrozenDictionary(key => TokenDigest.Parse(key.Sha256), key => new Caller(PrincipalOf(key.User), key.Expires ?? DateTimeOffset.MaxValue));
    }

    public bool HoldsDevelopmentKey { get; }

    /// <summary>The key's user, who may have expired, or null for a key that is not known.</summary>
    public Caller? Find(ReadOnlySpan<char> key) => _callers.GetValueOrDefault(TokenDigest.Of(key));

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static ClaimsPrincipal PrincipalOf(string user) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], ApiKeyHandler.Scheme));
}
