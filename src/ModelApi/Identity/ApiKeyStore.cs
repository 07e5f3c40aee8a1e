using System.Collections.Frozen;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ModelApi.Identity;

/// <summary>Finds the user of an API key by the key's SHA-256.</summary>
internal sealed class ApiKeyStore
{
    private readonly FrozenDictionary<TokenDigest, Caller> _callers;

    public ApiKeyStore(IOptions<IdentityOptions> options)
    {
        HoldsDevelopmentKey = options.Value.ApiKeys.Any(key => DevelopmentKey.Is(key.Sha256));
        _callers = options.Value.ApiKeys.ToFrozenDictionary(
            key => TokenDigest.Parse(key.Sha256),
            key => new Caller(PrincipalOf(key.User), key.Expires ?? DateTimeOffset.MaxValue));
    }

    public bool HoldsDevelopmentKey { get; }

    /// <summary>The key's user, even of an expired key; null for an unknown one.</summary>
    public Caller? Find(ReadOnlySpan<char> key) => _callers.GetValueOrDefault(TokenDigest.Of(key));

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static ClaimsPrincipal PrincipalOf(string user) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], ApiKeyHandler.Scheme));
}
